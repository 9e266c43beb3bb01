"""The questions of "Getting in safely". How to write one: courses/AUTHORING.md."""

from digital_council.courses.questions import (
    Choice,
    Choices,
    Classify,
    Date,
    Misconception,
    Number,
    Text,
    check,
    confidence,
)

WORD_LIST = 5_000

OLD = {
    "complex": "A password has 8 characters or more, with a capital, a digit and a mark.",
    "share": "You share your password with nobody, and nobody from IT will ask for it.",
    "expiry": "Every password is changed every 90 days.",
    "suspect": "If you think that somebody knows your password, change it and tell the service desk at once.",
    "paste": "Pasting into a password box is switched off.",
    "leaver": "An account is closed on the day its owner leaves.",
    "some_mfa": "Managers and IT staff use MFA. Others need not.",
    "manager": "You may use the password manager that the council provides.",
}

NEW = {
    "three_words": "A password that you make up is three random words or longer.",
    "no_limit": "There is no upper limit on the length of a password.",
    "eight_complex": "A password has a capital, a digit and a mark; 8 characters are enough.",
    "quarter": "Passwords are changed every 90 days.",
    "yearly": "Passwords are changed once a year, in January.",
    "when_known": "A password is changed when there is reason to think that somebody else knows it.",
    "mfa_all": "MFA is on for everybody, on every cloud service that offers it.",
    "mfa_managers": "MFA is on for managers and IT staff; it is up to the others.",
    "mfa_outside": "MFA is asked for outside the council's buildings only.",
    "paste_ok": "Password managers are allowed, and every password box lets you paste.",
    "type_it": "Passwords are typed by hand, so that people remember them.",
    "one_for_all": "One password for all systems, so that there is less to forget.",
}


def chosen(*wrong):
    """A test that none of these rules was chosen."""
    return lambda rules: not rules & set(wrong)


QUESTIONS = [
    confidence(
        "confidence_before",
        "Before you start: how confident are you that you could say which password rules protect people, and why?",
    ),
    Choice(
        "predict_harder",
        "Somebody who knows how people make passwords tries to guess. Which takes them longer: `Summer2026!`, or three "
        "words picked at random from a dictionary?",
        role="predict",
        options={
            "a": "Summer2026!, because it mixes four kinds of character",
            "b": "The three random words, because there are so many ways to pick three",
            "c": "About the same",
        },
        praise="Thank you. Keep your prediction in mind: the next part counts.",
    ),
    Choice(
        "hardest_to_guess",
        "Which of these would take the most guesses from somebody who knows how people make passwords?",
        role="diagnostic",
        options={
            "a": "P@ssw0rd2026",
            "b": "GreenParkDepot7!, from where she works",
            "c": "lantern biscuit gravel, from a book opened three times without looking",
            "d": "OliverAnd3mma, from her children's names",
        },
        answer="c",
        misconceptions=[
            Misconception(
                "swaps-are-strong",
                "Swapping letters for signs is being taken for strength.",
                "Everybody makes the same swaps, so they are among the first things to be tried.",
                gives="a",
            ),
            Misconception(
                "mix-is-strong",
                "A mix of characters is being taken for strength.",
                "It looks strange, but it is made from something that many people know: where she works. The digit and "
                "the mark stand where most people put them.",
                gives="b",
            ),
            Misconception(
                "private-is-random",
                "Names from the family are being taken for a secret.",
                "What friends know, others can find out. Nothing about it was picked at random.",
                gives="d",
            ),
        ],
        hints=["Ask of each: how was it made, and how many others could be made that way?"],
        praise="That is right. Nothing about her leads to it.",
    ),
    Choice(
        "when_to_change",
        "When should you change a password?",
        role="diagnostic",
        options={
            "a": "Every 90 days, because a stolen one then stops working",
            "b": "When there is reason to think that somebody else knows it",
            "c": "Never: changing does no good",
            "d": "Whenever a colleague leaves the team",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "calendar-protects",
                "The calendar is being relied on for protection.",
                "A thief does not wait 90 days. And people who must change again and again pick passwords that follow from "
                "each other.",
                gives="a",
            ),
            Misconception(
                "never-change",
                "No forced change does not mean no change.",
                "If somebody else knows your password, it is theirs as much as yours until you change it.",
                gives="c",
            ),
            Misconception(
                "leaver-knows-mine",
                "A leaver is being treated as if they knew your password.",
                "If they did, that was the mistake to mend: a password is not shared. Their own account is closed instead.",
                gives="d",
            ),
        ],
        hints=["What was meant to happen after 90 days, and what did people do instead?"],
        praise="That is right: a reason, not a date.",
    ),
    Choice(
        "who_needs_mfa",
        "A cloud service for bookings offers MFA. Who should have it on?",
        role="diagnostic",
        options={
            "a": "Those who see sensitive records",
            "b": "Those whose passwords are weak",
            "c": "Everybody with an account on it",
            "d": "Those who work away from the office",
        },
        answer="c",
        misconceptions=[
            Misconception(
                "mfa-for-the-important",
                "MFA is being kept for people with sensitive records.",
                "A thief starts with any account and writes to colleagues from there. And a service with MFA off for some "
                "fails the assessment for all.",
                gives="a",
            ),
            Misconception(
                "mfa-mends-weak",
                "MFA is being used to mend weak passwords alone.",
                "A strong password can be stolen as well, on a page that looks right. The second lock is for that day.",
                gives="b",
            ),
            Misconception(
                "office-is-safe",
                "The office is being taken for safe ground.",
                "A cloud service is open to the whole world. Whoever has the password can try it from anywhere.",
                gives="d",
            ),
        ],
        hints=["Which account would a thief start with?"],
        praise="That is right. Each account is a way in.",
    ),
    confidence("confidence_so_far", "How sure are you of your last three answers?"),
    Number(
        "two_words",
        "**Task 1.** A colleague says that two random words would do. How many ways are there to pick two words, in "
        "order, from the list of 5,000?",
        role="task",
        points=2,
        unit="ways",
        code=True,
        answer=WORD_LIST**2,
        also=[WORD_LIST * (WORD_LIST - 1)],
        misconceptions=[
            Misconception(
                "added-not-multiplied",
                "The two lists have been added.",
                "Each first word can go with each second word. So every word you add multiplies the ways.",
                gives=2 * WORD_LIST,
            ),
            Misconception(
                "three-words-counted",
                "Three words have been counted.",
                "This is the number from the table. The question is about one word fewer.",
                gives=WORD_LIST**3,
            ),
            Misconception(
                "order-left-out",
                "Each pair of words has been counted once, whichever comes first.",
                "The order counts: `lantern biscuit` and `biscuit lantern` are two passwords.",
                when=lambda number: number in (WORD_LIST**2 / 2, *(WORD_LIST * (WORD_LIST + by) / 2 for by in (-1, 1))),
            ),
            Misconception(
                "two-to-the-power",
                "The number of words and the length of the list have changed places.",
                "Start with the first word: how many choices are there? Then, for each of those, how many second words?",
                when=lambda number: number > 1e30,
            ),
            Misconception(
                "one-word-counted",
                "One word has been counted.",
                "That is how many choices there are for the first. Each of them can be followed by any second word.",
                when=lambda number: number in (WORD_LIST, WORD_LIST - 1),
            ),
            Misconception(
                "no-power-sign",
                "The sign `^` is no power in Python.",
                "There it does something else. Multiply, or write `**`.",
                gives=WORD_LIST ^ 2,
            ),
            Misconception(
                "noughts",
                "The digits are right, and the noughts are not.",
                "Count them: each 5,000 brings three, and 5 times 5 brings none.",
                when=lambda number: number in {25 * 10**noughts for noughts in range(13)},
            ),
            Misconception(
                "two-thirds",
                "The number for three words has been taken down in proportion.",
                "Ways do not grow in proportion to words. Work it out anew from the length of the list.",
                when=lambda number: abs(number - WORD_LIST**3 * 2 / 3) < 1e9,
            ),
        ],
        hints=[
            "Look at the row for three words in the table. What was done with 5,000 there?",
            "There are 5,000 choices for the first word. For each of them, how many for the second?",
            "Multiply the length of the list by itself, once.",
        ],
        praise="That is right: 25 million. Three words have 5,000 times as many ways. One more word goes a long way.",
    ),
    Classify(
        "old_policy",
        "**Task 2.** For each line of the old policy: keep it, or mend it?",
        role="task",
        points=2,
        items=OLD,
        classes={"keep": "Keep it as it is", "mend": "Rewrite it or take it out"},
        answer={line: "mend" if line in ("complex", "expiry", "paste", "some_mfa") else "keep" for line in OLD},
        misconceptions=[
            Misconception(
                "complexity-and-change",
                "Odd characters and frequent change have been kept as the best protection.",
                "Both lead people to patterns that are tried first. Look at the count, and at one person's year.",
                when=lambda lines: lines.get("complex") == lines.get("expiry") == "keep",
            ),
            Misconception(
                "complexity-is-strength",
                "The line about a capital, a digit and a mark has been kept.",
                "It is met by the first row of the table, which has the fewest ways. What helps is length, picked at random.",
                gives={"complex": "keep"},
            ),
            Misconception(
                "expiry-protects",
                "The forced change has been kept.",
                "See what one person did with it in a year.",
                gives={"expiry": "keep"},
            ),
            Misconception(
                "paste-is-risky",
                "Switching off pasting has been kept.",
                "It stops password managers, and they make the strongest passwords of all.",
                gives={"paste": "keep"},
            ),
            Misconception(
                "mfa-for-some",
                "MFA for some has been kept.",
                "Every account without it is a way in.",
                gives={"some_mfa": "keep"},
            ),
            Misconception(
                "good-lines-dropped",
                "A line that protects people has been marked for change.",
                "Not everything old is bad. Ask of each line: would a thief be glad if it went?",
                when=lambda lines: "mend" in [lines.get(line) for line in ("share", "suspect", "leaver", "manager")],
            ),
        ],
        hints=[
            "For each line, picture a tired person who obeys it. What do they do?",
            "Four lines are good. Look again at those about odd characters, the calendar, pasting, and who has MFA.",
            "A line should stay if a thief would be glad to see it go. It should go if it leads to patterns or leaves "
            "accounts with one lock.",
        ],
        praise="That is right. You kept what protects, and found what only looks strict.",
    ),
    Choices(
        "new_policy",
        "**Task 3.** Choose the rules of the new policy.",
        role="task",
        points=2,
        options=NEW,
        checks=[
            check("no-length", "The policy does not say how long a password should be.", lambda r: "three_words" in r),
            check("no-mfa", "The policy does not ask for MFA on every account.", lambda r: "mfa_all" in r),
            check("no-paste", "The policy does not allow pasting.", lambda r: "paste_ok" in r),
            check("forced-change", "The policy still forces a change by date.", chosen("quarter", "yearly")),
            check(
                "works-against",
                "A rule works against the others.",
                chosen("eight_complex", "mfa_managers", "mfa_outside", "type_it", "one_for_all"),
            ),
        ],
        misconceptions=[
            Misconception(
                "complexity-and-change-are-best",
                "Odd characters and a forced change have been put back.",
                "That is the old policy. Both lead to patterns that follow from each other.",
                when=lambda rules: "eight_complex" in rules and bool(rules & {"quarter", "yearly"}),
            ),
            Misconception(
                "expiry-but-gentler",
                "A forced change once a year is still a forced change.",
                "It is less work, but it protects no better. A date tells you nothing about who knows the password.",
                when=lambda rules: "yearly" in rules and "quarter" not in rules,
            ),
            Misconception(
                "complexity-too",
                "The rule about odd characters has been chosen.",
                "It says that 8 characters are enough, and so works against length.",
                gives="eight_complex",
            ),
            Misconception(
                "mfa-where-it-matters",
                "MFA has been kept for some people or some places.",
                "A cloud service can be reached from anywhere, with any account. The rule has to cover all of them.",
                when=lambda rules: bool(rules & {"mfa_managers", "mfa_outside"}),
            ),
            Misconception(
                "remembering-is-safer",
                "Rules have been chosen so that people remember, at the price of strength.",
                "One password for all opens every door when one place loses it. Typing by hand makes passwords short. A "
                "password manager remembers for you.",
                when=lambda rules: bool(rules & {"type_it", "one_for_all"}),
            ),
        ],
        hints=[
            "Four things have to be said: length, no change by date, MFA, pasting. Find a rule for each.",
            "Read each rule you chose against the others. Can both be obeyed?",
            "For MFA and for pasting, take the rule that leaves nobody out. Take no rule with a date or a season in it.",
        ],
        praise="That is right. People can live with this policy, and it protects them better.",
    ),
    Text(
        "action",
        "At work: which one thing will you do to make an account safer, or to mend a rule? Write one sentence.",
        role="action",
        praise="Noted.",
    ),
    Date(
        "action_date",
        "By which date will you have done it?",
        role="action",
        praise="Noted. We will ask you how it went.",
    ),
    confidence(
        "confidence_after",
        "Now: how confident are you that you could say which password rules protect people, and why?",
    ),
    confidence(
        "confidence_looking_back",
        "Looking back with what you know now: how confident should you have been before you started?",
    ),
    Choice(
        "later_contractor",
        "A contractor's new web form asks for 8 to 10 characters, with a capital and a digit, and forbids pasting. You may "
        "ask for one thing first. Which helps most?",
        role="retrieval",
        options={
            "a": "A mark as well as a digit",
            "b": "No upper limit, and pasting allowed",
            "c": "A reminder to change it each quarter",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "more-kinds",
                "More kinds of character are being taken for strength.",
                "Most people put the mark at the end. Length picked at random helps far more.",
                gives="a",
            ),
            Misconception(
                "reminder-helps",
                "A change by date is being taken for protection.",
                "It leads to passwords that follow from each other.",
                gives="c",
            ),
        ],
        praise="That is right. Then people can use long phrases and a password manager.",
    ),
    Choice(
        "later_allotments",
        "The allotment society's treasurer finds that the bank's cloud service offers MFA. “I am only a volunteer, and my "
        "password is long,” she says. What do you tell her?",
        role="retrieval",
        options={
            "a": "Then you do not need it",
            "b": "Turn it on: a long password can be stolen too",
            "c": "Turn it on only while you travel",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "strong-is-enough",
                "A strong password is being taken for enough.",
                "Typed into the wrong page, it is gone, however long it was.",
                gives="a",
            ),
            Misconception(
                "home-is-safe",
                "Home is being taken for safe ground.",
                "The service can be reached from anywhere by whoever has the password.",
                gives="c",
            ),
        ],
        praise="That is right. The second lock is for the day the first one fails.",
    ),
]
