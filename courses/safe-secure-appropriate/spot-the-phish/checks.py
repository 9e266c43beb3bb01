"""The questions of "Spot the phish". How to write one: courses/AUTHORING.md."""

from digital_council import datasets
from digital_council.courses.questions import Choice, Classify, Date, Misconception, Text, confidence

GENUINE = ("M02", "M05", "M09", "M19", "M21", "M22")
PHISHING = ("M03", "M08", "M10", "M13", "M15", "M16")
TWELVE = tuple(sorted(GENUINE + PHISHING))


def messages():
    """Each of the twelve messages in one line; addresses as code, so that no page makes links of them."""
    inbox = datasets.open("inbox").set_index("message_id").astype("object")
    inbox = inbox.where(inbox.notna(), None)
    return {number: _line(number, inbox.loc[number]) for number in TWELVE}


def _line(number, row):
    link = f" Link: “{row.link_text}”, goes to `{row.link_address}`." if row.link_address else ""
    attached = f" Attached: {row.attachment}." if row.attachment else ""
    return f"{number}. {row.from_name}, `{row.from_address}`. “{row.subject}” {row.text}{link}{attached}"


def all_swapped(classes):
    """Whether each of the twelve has the other label."""
    return all(classes.get(number) == ("genuine" if number in PHISHING else "report") for number in TWELVE)


def reported(classes, numbers):
    return sum(classes.get(number) == "report" for number in numbers)


QUESTIONS = [
    confidence(
        "confidence_before",
        "Before you start: how confident are you that you could tell a phish from a genuine message?",
    ),
    Choice(
        "predict_padlock",
        "Before you look: of the 10 links in the inbox, how many show a padlock, and how many of the 10 lead to the "
        "council's own site?",
        role="predict",
        options={
            "a": "About 3 show a padlock, and those are the council's own",
            "b": "About half show a padlock, and most of those are the council's own",
            "c": "Nearly all show a padlock, and only a few are the council's own",
        },
        praise="Thank you. Keep your prediction in mind: the picture below shows the count.",
    ),
    Choice(
        "what_the_padlock_says",
        "The link in message M17 shows a padlock. What does that tell you?",
        role="diagnostic",
        options={
            "a": "The people who run the site are honest",
            "b": "Nobody can listen in between you and the site, whoever runs it",
            "c": "The council's IT service has checked the site",
            "d": "You cannot lose anything by having a look",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "padlock-means-honest",
                "The padlock is being taken for a good character.",
                "It protects what you send on its way. If a thief runs the site, it protects your password on its way "
                "to the thief.",
                gives="a",
            ),
            Misconception(
                "padlock-means-checked",
                "The padlock is being taken for a check by the council.",
                "Whoever runs a site can give it a padlock. No one at your council has to look at it first.",
                gives="c",
            ),
            Misconception(
                "looking-is-free",
                "A look can cost something too.",
                "Opening a page can be enough to confirm that your address works, and the page will press you to go on.",
                gives="d",
            ),
        ],
        hints=["Look at the picture again. How many padlocks are there, and how many council links?"],
        praise="That is right. It protects the way there, whoever is at the end.",
    ),
    Choice(
        "whose_site",
        "Which of these links leads to the council's own site?",
        role="diagnostic",
        options={
            "a": "`https://council.example.forms-help.example/login`",
            "b": "`https://forms.council.example/login`",
            "c": "`https://council-forms.example/login`",
            "d": "`https://forms-help.example/council.example/login`",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "read-from-the-left",
                "The address is being read from the left.",
                "The first words can be anything the owner likes. Stop at the first single slash, and read the last two "
                "parts before it.",
                gives="a",
            ),
            Misconception(
                "name-inside-another",
                "A name that holds the word “council” is being taken for the council's.",
                "A hyphen makes it a different name. Anybody may register a name with the word council in it.",
                gives="c",
            ),
            Misconception(
                "after-the-slash",
                "The words after the slash are being taken for the site.",
                "After the first single slash come the pages of a site. Whoever owns the site names them.",
                gives="d",
            ),
        ],
        hints=["Put your finger on the first single slash. What are the last two parts before it?"],
        praise="That is right. The last two parts before the slash are what count.",
    ),
    Choice(
        "known_name",
        "A message has your manager's name on it and comes from a free mail address. It asks you to buy gift cards today. "
        "What is the best first step?",
        role="diagnostic",
        options={
            "a": "Reply and ask whether it is really them",
            "b": "Do it: the name is right, and they are busy",
            "c": "Report it, and ask your manager on a number you already have",
            "d": "Delete it and say nothing",
        },
        answer="c",
        misconceptions=[
            Misconception(
                "ask-the-message",
                "The message is being asked about itself.",
                "A reply goes to whoever wrote it. A trickster will say yes.",
                gives="a",
            ),
            Misconception(
                "known-name-is-safe",
                "A known name is being taken for a known sender.",
                "The sender types the name. It costs nothing to type your manager's.",
                gives="b",
            ),
            Misconception(
                "deleting-is-enough",
                "Deleting protects you, and nobody else.",
                "The same message may be on its way to your colleagues. A report lets others stop it.",
                gives="d",
            ),
        ],
        hints=["Which way of asking does not go through the message?"],
        praise="That is right. Check another way, and report it for everybody's sake.",
    ),
    confidence("confidence_so_far", "How sure are you of your last three answers?"),
    Classify(
        "label_messages",
        "**Task.** For each of the twelve messages: deal with it, or report it? A phish that you deal with costs 3, a "
        "genuine message that you report costs 1. You pass at a cost of 2 or less.",
        role="task",
        points=4,
        partial=False,  # one phish that is dealt with is what the criminals need
        code=True,
        items=messages(),
        classes={"genuine": "Genuine: deal with it", "report": "A phish: report it"},
        answer={number: "report" if number in PHISHING else "genuine" for number in TWELVE},
        costs={("report", "genuine"): 3, ("genuine", "report"): 1},
        enough=1 - 2 / 12 - 1e-9,
        misconceptions=[
            Misconception(
                "the-other-way",
                "Every label is the wrong way round.",
                "“Genuine” means that you deal with it, and “report” that it is a phish. Perhaps the two words have been "
                "swapped.",
                when=all_swapped,
            ),
            Misconception(
                "everything-is-safe",
                "Nothing has been reported.",
                "Some of these would take a password or money. For each message, read the address it came from.",
                when=lambda classes: len(classes) == 12 and not reported(classes, TWELVE),
            ),
            Misconception(
                "report-everything",
                "Nearly everything has been reported.",
                "Then residents wait and the team that reads reports cannot see the real traps. Ask what each message "
                "wants from you. A genuine one often wants nothing that could be stolen.",
                when=lambda classes: reported(classes, TWELVE) >= 11,
            ),
            Misconception(
                "padlock-means-safe",
                "A link with a padlock and the council's name in it has been trusted.",
                "Stop at the first single slash of the link, and read the last two parts before it. They are not "
                "the council's.",
                gives={"M16": "genuine"},
            ),
            Misconception(
                "known-name-means-safe",
                "A name you know has been trusted.",
                "The sender types the name. Compare the address with the one your colleague or supplier really uses, and "
                "look at what the message asks for.",
                gives={"M13": "genuine"},
            ),
            Misconception(
                "link-words-for-link",
                "The words of a link have been read instead of its address.",
                "The words can show one address while the link goes to another. Believe where it goes.",
                gives={"M15": "genuine"},
            ),
            Misconception(
                "one-letter-out",
                "An address that is one character out has been trusted.",
                "Read it letter by letter. A digit 1 can stand for an l, and a 0 for an o.",
                when=lambda classes: "genuine" in (classes.get("M03"), classes.get("M10")),
            ),
            Misconception(
                "near-name",
                "An address with the word council in it has been taken for the council's.",
                "A hyphen makes a different name. And your payroll office does not need your bank details by a link.",
                gives={"M08": "genuine"},
            ),
            Misconception(
                "outside-means-phish",
                "Messages have been reported for coming from outside or for having a file attached.",
                "Residents and suppliers write from outside, and some attach a file. Ask whether you expected it, what "
                "sort of file it is, and what the message wants.",
                when=lambda classes: reported(classes, ("M02", "M19")) == 2 and reported(classes, GENUINE) >= 3,
            ),
            Misconception(
                "pressure-means-phish",
                "Genuine messages with bad news or a date in them have been reported.",
                "Real work has dates and worries too. These come from the council's own address and ask for nothing that "
                "could be stolen.",
                when=lambda classes: reported(classes, GENUINE) >= 3,
            ),
        ],
        hints=[
            "Go through the addresses first, and leave the words for later. Which are exactly the council's own?",
            "For each link, stop at the first single slash and read the last two parts. For each name you know, compare "
            "the address.",
            "Of those from outside, ask: did I expect this, and does it want money, a password or a code? Digits can "
            "stand in for letters.",
        ],
        praise="That is right: no phish got through. If you reported a genuine message, look at it once more: what did it want?",
    ),
    Text(
        "action",
        "At work: how do you report a phish where you work? Find out, and write one sentence: what you will do, or show "
        "your team.",
        role="action",
        praise="Noted. It is easier to report when you have tried it once.",
    ),
    Date(
        "action_date",
        "By which date will you have done that?",
        role="action",
        praise="Noted. We will ask you how it went.",
    ),
    confidence(
        "confidence_after",
        "Now: how confident are you that you could tell a phish from a genuine message?",
    ),
    confidence(
        "confidence_looking_back",
        "Looking back with what you know now: how confident should you have been before you started?",
    ),
    Choice(
        "later_school_trip",
        "A school office gets a text message: “Your fee for the coach is overdue. Pay at "
        "`https://school.example.coach-pay.example`.” The padlock shows. Who owns the site?",
        role="retrieval",
        options={
            "a": "The school, because its name comes first",
            "b": "Whoever owns coach-pay.example",
            "c": "You cannot tell, but the padlock makes it safe",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "from-the-left",
                "The address is being read from the left.",
                "The first words can be anything. Read the last two parts before the first single slash.",
                gives="a",
            ),
            Misconception(
                "padlock-again",
                "The padlock is being taken for a good character.",
                "It says that nobody listens in on the way, and nothing about who is at the end.",
                gives="c",
            ),
        ],
        praise="That is right. Read the end of the name.",
    ),
    Choice(
        "later_clicked",
        "A care worker typed her password into a page and then saw that it was a trap. It is Friday, ten past five. What "
        "should she do?",
        role="retrieval",
        options={
            "a": "Wait until Monday and see whether anything happens",
            "b": "Tell the service desk now, and say that she typed the password",
            "c": "Delete the message, so that no one else can click on it",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "wait-and-see",
                "Waiting is being taken for safe.",
                "A stolen password is most useful in the first hours. By Monday it may have been used.",
                gives="a",
            ),
            Misconception(
                "hide-the-trace",
                "Deleting the message is being taken for a cure.",
                "The password is out, and the message is what the service desk needs to see.",
                gives="c",
            ),
        ],
        praise="That is right. Telling at once is what limits the harm.",
    ),
]
