"""The questions of "AI at work". How to write one: courses/AUTHORING.md."""

from digital_council import datasets
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

PROMPTS = {
    "leaflet": "Make this published leaflet about recycling easier to read.",
    "bin_reply": "Write a polite reply to Mrs Ada Thornquist, 14 Bramble Walk, whose bin was missed.",
    "interview": "Here is what five people wrote when they applied. Which two should we interview?",
    "formula": "Write a formula that counts the late replies in column F.",
    "case_notes": "Sum up these notes of a case conference, marked OFFICIAL-SENSITIVE.",
    "complaint": "Put this complaint into three points: “I am J. Marlowe of 3 Sedge Close. The hall was locked on Monday …”",
    "team_day": "Suggest a programme for a team day about good service.",
    "badge": "Read this resident's letter, and decide whether she should get a parking badge.",
    "call_note": "Turn my note into a reply: Mr Tomasz Wren, 07700 900456, asks when the library opens on Saturday.",
}

LETTER = {
    "name": "Ada Thornquist",
    "address": "14 Bramble Walk",
    "missed": "My bin was missed on 3, 10 and 17 March",
    "rang": "I rang on 18 March",
    "phone": "07700 900123",
    "only_one": "I am the only wheelchair user in our close",
    "corner": "so I cannot take the bin to the corner",
    "case": "case number 2231-B",
    "request": "Please tell me when the bin will be emptied",
}
POINTS_AT_HER = {"name", "address", "phone", "only_one", "case"}
NEEDED = {"missed", "request"}

CLAIMS = {
    "every_quarter": "Requests rose in every quarter",
    "start_end": "from 217 at the start of the year to 264 at the end",
    "total": "In all, the council received 1,302 requests",
    "year_on_time": "Over the year, 91% of requests were answered on time",
    "steadily": "Performance improved steadily through the year",
    "form": "because of the new online form",
}


def quarters():
    """Requests received and answered on time, for the four quarters in order."""
    log = datasets.open("foi_log")
    return log.groupby(log["received_on"].dt.to_period("Q")).agg(
        received=("reference", "count"), on_time=("on_time", "sum")
    )


def share(place):
    """The percentage answered on time in one quarter."""
    row = quarters().iloc[place]
    return 100 * row["on_time"] / row["received"]


def of_the_year():
    """The last quarter's answers as percentages of the year's requests and answers."""
    last, year = quarters().iloc[-1], quarters().sum()
    return [100 * part / year[whole] for part in last for whole in year.index]


QUESTIONS = [
    confidence(
        "confidence_before",
        "Before you start: how confident are you that you could use an assistant at work safely, and find its mistakes?",
    ),
    Choice(
        "predict_claims",
        "How many of the three claims does the source bear out?",
        role="predict",
        options={"a": "All three", "b": "One", "c": "None"},
        praise="Thank you. Keep your prediction in mind: the picture shows the source.",
    ),
    Choice(
        "fluent",
        "The numbers 250 and 224 in the sentence were right. What does that tell you about its other claims?",
        role="diagnostic",
        options={
            "a": "They are likely to be right as well: it has read the source",
            "b": "They are right, because the sentence fits together",
            "c": "Nothing: each claim has to be checked",
            "d": "They must all be wrong",
        },
        answer="c",
        misconceptions=[
            Misconception(
                "right-once-right-always",
                "One right claim is being taken for proof of the next.",
                "In the example the right numbers stood between a wrong claim and one that came from nowhere.",
                gives="a",
            ),
            Misconception(
                "fluent-means-right",
                "A text that reads well is being taken for a true one.",
                "Putting likely words together is what an assistant does best. It does so for false claims too.",
                gives="b",
            ),
            Misconception(
                "wrong-once-wrong-always",
                "Everything is being thrown out.",
                "Some of it holds. Checking tells you which part, and that is why an assistant can still save time.",
                gives="d",
            ),
        ],
        hints=["Look at the table of claims again. Do right and wrong come in order?"],
        praise="That is right. Each claim stands by itself.",
    ),
    Choice(
        "private_chat",
        "A colleague pastes a resident's letter into a free assistant on his own phone. “It is a private chat, and I delete it "
        "afterwards,” he says. What is the matter?",
        role="diagnostic",
        options={
            "a": "Nothing: nobody else can see a private chat",
            "b": "The letter has left the council, and deleting it on the phone does not bring it back",
            "c": "It would be fine if he left out the name",
            "d": "It would be fine at work, on the same free assistant",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "private-means-private",
                "The word private is being taken for a promise.",
                "Other people may not see the chat. The firm that runs the service has it all the same, and the council has no "
                "agreement with that firm.",
                gives="a",
            ),
            Misconception(
                "name-is-all",
                "The name is being taken for all that points at a person.",
                "An address, a telephone number or a rare illness can do it too. And the tool is still not the agreed one.",
                gives="c",
            ),
            Misconception(
                "place-makes-safe",
                "The place is being taken for the protection.",
                "What counts is who runs the service and what the council has agreed with them, not where you sit.",
                gives="d",
            ),
        ],
        hints=["Who holds the letter after he has pressed Enter?"],
        praise="That is right. What is typed has left the council's hands.",
    ),
    confidence("confidence_so_far", "How sure are you of your last two answers?"),
    Classify(
        "sort_prompts",
        "**Task 1.** May each request go to the agreed assistant?",
        role="task",
        points=2,
        items=PROMPTS,
        classes={
            "ok": "Yes, as it is",
            "redact": "Yes, once what points at a person is out",
            "no": "No, whatever is taken out",
        },
        answer={
            "leaflet": "ok",
            "bin_reply": "redact",
            "interview": "no",
            "formula": "ok",
            "case_notes": "no",
            "complaint": "redact",
            "team_day": "ok",
            "badge": "no",
            "call_note": "redact",
        },
        costs={
            ("redact", "ok"): 3,
            ("no", "ok"): 3,
            ("no", "redact"): 2,
            ("ok", "redact"): 1,
            ("ok", "no"): 1,
            ("redact", "no"): 1,
        },
        enough=1 - 1 / 9 - 1e-9,
        misconceptions=[
            Misconception(
                "anything-goes",
                "Everything has been let through.",
                "Some of these name people, and some ask a machine to decide about a person. Read the four rules again.",
                when=lambda prompts: len(prompts) == len(PROMPTS) and set(prompts.values()) == {"ok"},
            ),
            Misconception(
                "nothing-goes",
                "Nothing has been let through as it is.",
                "A published leaflet or a formula points at nobody. Help with those is what the assistant is for.",
                when=lambda prompts: len(prompts) == len(PROMPTS) and "ok" not in prompts.values(),
            ),
            Misconception(
                "machine-may-decide",
                "A decision about a person has been left to the assistant.",
                "Taking out the names does not help: somebody is still chosen or refused. People decide that, and answer for it.",
                when=lambda prompts: bool({"ok", "redact"} & {prompts.get("interview"), prompts.get("badge")}),
            ),
            Misconception(
                "marking-overlooked",
                "Notes marked OFFICIAL-SENSITIVE have been let in.",
                "The rule says that nothing with that marking goes in. In case notes a whole life points at a person.",
                when=lambda prompts: prompts.get("case_notes") in ("ok", "redact"),
            ),
            Misconception(
                "names-let-through",
                "A request with somebody's name or number in it has been let through as it is.",
                "The assistant can write the same reply without knowing to whom. Put the name back yourself.",
                when=lambda prompts: "ok" in [prompts.get(each) for each in ("bin_reply", "complaint", "call_note")],
            ),
            Misconception(
                "too-careful",
                "Several requests have been kept back without need.",
                "Ask what points at a person in it, and whether that could be taken out.",
                when=lambda prompts: (
                    sum(prompts.get(each) in ("redact", "no") for each in ("leaflet", "formula", "team_day"))
                    + sum(prompts.get(each) == "no" for each in ("bin_reply", "complaint", "call_note"))
                    >= 2
                ),
            ),
        ],
        hints=[
            "Ask three things of each: does it carry a marking, does it decide about somebody, does it point at somebody?",
            "A marking or a decision means no. If it only points at somebody, could the work be done without knowing who?",
            "Three of each. Look for the words marked, which and decide first. Then look for names and numbers.",
        ],
        praise="That is right. The assistant can help with six of the nine, and it learns of nobody.",
    ),
    Choices(
        "redact_letter",
        "**Task 2.** Which parts of the letter do you take out? Leave what the assistant needs to say what is wrong and what "
        "is wanted.",
        role="task",
        points=2,
        options=LETTER,
        checks=[
            check("still-points", "Something that points at her is still in.", lambda parts: parts >= POINTS_AT_HER),
            check(
                "too-much-out", "Too much is out: the assistant cannot do the work.", lambda parts: not parts & NEEDED
            ),
        ],
        misconceptions=[
            Misconception(
                "all-out",
                "Nearly everything has been taken out.",
                "What is left must still say what is wrong and what she wants. Dates of missed bins point at nobody.",
                when=lambda parts: len(parts) >= len(LETTER) - 1,
            ),
            Misconception(
                "names-only",
                "Only the name and address have been taken out.",
                "A number leads to a person with one call or one search. And some descriptions fit one person alone.",
                when=lambda parts: parts <= {"name", "address"},
            ),
            Misconception(
                "only-one-left-in",
                "A description that fits one person has been left in.",
                "Anybody who knows the close knows who is meant. No name is needed for that.",
                when=lambda parts: parts >= POINTS_AT_HER - {"only_one"} and "only_one" not in parts,
            ),
            Misconception(
                "number-is-nobody",
                "A number that leads to her has been left in.",
                "A case number means nothing to a stranger, and everything to whoever can look it up. So does a telephone number.",
                when=lambda parts: parts >= {"name", "address"} and not parts >= {"phone", "case"},
            ),
            Misconception(
                "needed-parts-out",
                "What she asks for, or what is wrong, has been taken out.",
                "Then the assistant has to make it up.",
                when=lambda parts: parts >= POINTS_AT_HER and bool(parts & NEEDED),
            ),
        ],
        hints=[
            "Ask of each part: could somebody who knows the street, or has our system open, find her with it?",
            "Five parts point at her. Two of them are numbers.",
            "One of the five has neither a name nor a number in it. Which description fits one person only?",
        ],
        praise="That is right. The assistant has what it needs, and cannot tell whose bin it is.",
    ),
    Classify(
        "check_claims",
        "**Task 3.** Check each claim of the summary against the table.",
        role="task",
        points=2,
        items=CLAIMS,
        classes={"right": "Right", "wrong": "Wrong", "absent": "Not in the source"},
        answer={
            "every_quarter": "wrong",
            "start_end": "right",
            "total": "wrong",
            "year_on_time": "right",
            "steadily": "wrong",
            "form": "absent",
        },
        misconceptions=[
            Misconception(
                "fluent-means-right",
                "The whole summary has been believed.",
                "It reads well, and that says nothing. Put a finger on the table for each claim.",
                when=lambda claims: len(claims) == len(CLAIMS) and set(claims.values()) == {"right"},
            ),
            Misconception(
                "nothing-holds",
                "The whole summary has been thrown out.",
                "Some of it holds. Look for the first and the last quarter in the table, and work out the share.",
                when=lambda claims: (
                    "wrong" in (claims.get("start_end"), claims.get("year_on_time")) and claims.get("total") == "wrong"
                ),
            ),
            Misconception(
                "not-worked-out",
                "A claim that the table can settle has been put down as not in the source.",
                "Not every answer stands there ready. If the numbers it takes are in the table, it is right or wrong.",
                when=lambda claims: "absent" in [claims.get(each) for each in CLAIMS if each != "form"],
            ),
            Misconception(
                "digits-glanced-at",
                "A number has been accepted at a glance.",
                "It has the right digits. Add up the column yourself.",
                gives={"total": "right"},
            ),
            Misconception(
                "ends-for-the-way",
                "The first and the last quarter have been taken for the whole way.",
                "To say “in every quarter” or “steadily”, all four have to follow each other. Look at the ones between.",
                when=lambda claims: "right" in (claims.get("every_quarter"), claims.get("steadily")),
            ),
            Misconception(
                "reason-believed",
                "A reason has been taken from the summary.",
                "Where in the table does it say why? A table of counts hardly ever gives reasons.",
                when=lambda claims: claims.get("form") in ("right", "wrong"),
            ),
        ],
        hints=[
            "Take one claim at a time. Which numbers in the table would have to be looked at?",
            "For a claim about every quarter, look at all four. For a claim about the year, add up the column.",
            "If you cannot put a finger on anything in the table that speaks of it, the claim is not in the source.",
        ],
        praise="That is right. You now know which words may stay.",
    ),
    Number(
        "true_total",
        "**Task 4.** How many requests did the council receive in the year?",
        role="task",
        points=2,
        unit="requests",
        code=True,
        answer=lambda: int(quarters()["received"].sum()),
        misconceptions=[
            Misconception(
                "copied-from-summary",
                "This is the summary's number.",
                "Two digits have changed places in it. Add up the column.",
                gives=1302,
            ),
            Misconception(
                "other-column",
                "The other column has been added up.",
                "That is how many were answered on time. The question is how many came in.",
                gives=lambda: int(quarters()["on_time"].sum()),
            ),
            Misconception(
                "both-columns",
                "Both columns have been added up.",
                "Those answered on time are among those received. Each request counts once.",
                gives=lambda: int(quarters().to_numpy().sum()),
            ),
            Misconception(
                "mean-for-total",
                "That is what one quarter brought on average.",
                "The question is about the whole year.",
                gives=lambda: float(quarters()["received"].mean()),
            ),
            Misconception(
                "rounded-total",
                "The number has been rounded.",
                "Give each request. A summary may round, but a check is made on the exact number.",
                when=lambda number: number in (1000, 1030),
            ),
            Misconception(
                "last-quarter-for-year",
                "One quarter has been taken for the year.",
                "The year has four quarters, and the table has a row for each.",
                when=lambda number: number in set(quarters()["received"]),
            ),
        ],
        hints=[
            "Do not look at the summary. Look at the table.",
            "Which column says how many came in?",
            "Add up the four numbers of that column.",
        ],
        praise="That is right. The summary had two digits the other way round.",
    ),
    Number(
        "last_quarter",
        "**Task 5.** What percentage of the requests of January to March was answered on time?",
        role="task",
        points=2,
        unit="%",
        tolerance=0.4,
        code=True,
        answer=lambda: share(-1),
        misconceptions=[
            Misconception(
                "share-for-percent",
                "That is the share as a part of 1.",
                "It is right but for its form. Multiply by 100 to make it a percentage.",
                when=lambda number: abs(100 * number - share(-1)) <= 0.5,
            ),
            Misconception(
                "year-for-quarter",
                "This is the share for the whole year.",
                "Use only the row for January to March.",
                when=lambda number: abs(number - 91.28) < 0.35,
            ),
            Misconception(
                "late-for-on-time",
                "This is the share that was late.",
                "Divide those answered on time, not those that were late.",
                when=lambda number: abs(number - 10.6) < 0.6 or abs(number - 0.106) < 0.0006,
            ),
            Misconception(
                "of-the-year",
                "The quarter's answers have been divided by the year's requests.",
                "Both numbers have to come from the same row.",
                when=lambda number: any(abs(number - each) < 0.6 for each in of_the_year()),
            ),
            Misconception(
                "first-quarter",
                "This is another quarter.",
                "Check which row you used. January to March is the last one.",
                when=lambda number: any(abs(number - share(place)) < 0.3 for place in range(3)),
            ),
            Misconception(
                "count-for-share",
                "This is a number of requests and not a percentage.",
                "Divide it by the number that came in, and multiply by 100.",
                when=lambda number: number in (236, 264, 28),
            ),
            Misconception(
                "upside-down",
                "The two numbers have changed places.",
                "No more can be answered on time than came in. Divide the smaller number by the larger.",
                when=lambda number: abs(number - 1e4 / share(-1)) < 1 or abs(number - 1e2 / share(-1)) < 0.01,
            ),
        ],
        hints=[
            "Find the row for January to March. It has two numbers.",
            "Divide those answered on time by those that came in.",
            "Multiply by 100. Nearly nine in ten is the size to expect.",
        ],
        praise="That is right: 89%, less than in the two quarters before. “Improved steadily” cannot stay.",
    ),
    Text(
        "action",
        "At work: what will you check, or find out, about an assistant that you or your team use? Write one sentence.",
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
        "Now: how confident are you that you could use an assistant at work safely, and find its mistakes?",
    ),
    confidence(
        "confidence_looking_back",
        "Looking back with what you know now: how confident should you have been before you started?",
    ),
    Choice(
        "later_minutes",
        "An assistant sums up a parish meeting: “All agreed to plant trees, as residents had asked.” The minutes say: “Four "
        "for, two against.” They say nothing of residents. What do you do?",
        role="retrieval",
        options={
            "a": "Keep it: the meeting did decide for trees",
            "b": "Mend “all agreed”, and take out the part about residents",
            "c": "Mend “all agreed”, and keep the rest: it sounds likely",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "near-enough",
                "Nearly right is being taken for right.",
                "Two people voted against. They will read the summary.",
                gives="a",
            ),
            Misconception(
                "likely-is-true",
                "What sounds likely is being taken for what the source says.",
                "There is nothing about residents in the minutes.",
                gives="c",
            ),
        ],
        praise="That is right: one claim wrong, one not in the source.",
    ),
    Choice(
        "later_club",
        "A club secretary wants an assistant to write to “the only member over 90, who had a fall on Friday”. She has "
        "taken out his name. Is that enough?",
        role="retrieval",
        options={
            "a": "Yes: there is no name in it",
            "b": "No: everybody in the club knows who is meant, and it speaks of his health",
            "c": "Yes, if she deletes the chat afterwards",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "no-name-no-person",
                "The name is being taken for all that points at a person.",
                "There is one member over 90. The description does the work of a name.",
                gives="a",
            ),
            Misconception(
                "deleting-brings-back",
                "Deleting is being taken for taking back.",
                "What was typed is with whoever runs the service.",
                gives="c",
            ),
        ],
        praise="That is right. Write “a member”, and leave out what happened.",
    ),
]
