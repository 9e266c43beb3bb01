"""The questions of "Mark it right". How to write one: courses/AUTHORING.md."""

from digital_council import datasets
from digital_council.courses.questions import Choice, Classify, Date, Misconception, Text, check, confidence

PEOPLE = ("F0016", "F0063", "F0075", "F0206", "F0256", "F0369")
REST = ("F0002", "F0030", "F0071", "F0115", "F0140", "F0202", "F0211", "F0238", "F0402")
FIFTEEN = tuple(sorted(PEOPLE + REST))
MAY_BE_ARGUED = {"F0030", "F0211"}  # a risk register and a contract: harm can be argued from what they hold

HOLDS = {
    "F0002": "how a change affects groups of staff; nobody is named",
    "F0016": "a family's situation, and what was agreed for them",
    "F0030": "what could go wrong in the service, and how likely that is",
    "F0063": "who works when, and who is off sick",
    "F0071": "what the service aims to do in the year",
    "F0075": "a family's situation, and what was agreed for them",
    "F0115": "actions and dates; no case is discussed",
    "F0140": "planned and real spending by heading; nobody is named",
    "F0202": "planned and real spending by heading; nobody is named",
    "F0206": "what one member of staff says another did, and how it ended",
    "F0211": "prices and terms agreed with a supplier",
    "F0238": "how to use the service",
    "F0256": "a resident's name and address, and what happened to them",
    "F0369": "who works when, and who is off sick",
    "F0402": "what the service did in the year, for everybody to read",
}


def files():
    """Each of the fifteen files in one line, as the form shows it."""
    docs = datasets.open("docs").set_index("file_id")
    marking = docs["marking"].astype("object").fillna("not marked")
    return {
        number: f"{number}. {docs.title[number]}. Holds: {HOLDS[number]}. Now: {marking[number]}." for number in FIFTEEN
    }


def raised(marks):
    """The files marked OFFICIAL-SENSITIVE that need not be."""
    return {number for number in REST if marks.get(number) in ("people", "harm")}


def too_low(marks):
    """The files about people marked OFFICIAL."""
    return {number for number in PEOPLE if marks.get(number) == "official"}


def reasons_fit(marks):
    """A check that every marking above OFFICIAL has a reason that the file's contents bear out."""
    for number in sorted(raised(marks)):
        if marks[number] == "people" or number not in MAY_BE_ARGUED:
            return f"Look again at {number}: what in it would be the reason?"
    return True


QUESTIONS = [
    confidence(
        "confidence_before",
        "Before you start: how confident are you that you could mark a file rightly, and say why?",
    ),
    Choice(
        "predict_marked",
        "Before you look: how many of those 140 files are marked OFFICIAL-SENSITIVE?",
        role="predict",
        options={"a": "Nearly all of them", "b": "About half", "c": "Hardly any"},
        praise="Thank you. Keep your prediction in mind: the picture below shows the count.",
    ),
    Choice(
        "what_it_is",
        "What is OFFICIAL-SENSITIVE?",
        role="diagnostic",
        options={
            "a": "The tier between OFFICIAL and SECRET",
            "b": "A word for anything to do with social care or staff",
            "c": "OFFICIAL, with a marking that it is only for people who need to know",
            "d": "A lock: nobody outside the team may ever see it",
        },
        answer="c",
        misconceptions=[
            Misconception(
                "sensitive-is-a-tier",
                "The marking is being taken for a tier of its own.",
                "There are three tiers. This is a marking inside the first of them, and asks for more care within it.",
                gives="a",
            ),
            Misconception(
                "team-decides",
                "The team is being taken for the reason.",
                "A leaflet from social care is for everybody. Look at what the file holds.",
                gives="b",
            ),
            Misconception(
                "sensitive-is-a-lock",
                "The marking is being taken for a lock.",
                "People in other teams may need it for their work, and then they should have it. The marking tells them "
                "to take care.",
                gives="d",
            ),
        ],
        hints=["Count the tiers in the text. Is it one of them?"],
        praise="That is right: the same tier, and more care.",
    ),
    Choice(
        "why_not_all",
        "“When in doubt, mark everything OFFICIAL-SENSITIVE. Then nothing can go wrong.” What is the matter with that?",
        role="diagnostic",
        options={
            "a": "Nothing: too much care does no harm",
            "b": "When everything carries it, people stop seeing it where it matters",
            "c": "It is forbidden to mark a file that is about no one",
            "d": "Only a manager may use the marking",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "mark-everything",
                "Marking everything is being taken for safe.",
                "People get used to the marking and stop heeding it. And what should be shared is locked away, so copies "
                "spring up.",
                gives="a",
            ),
            Misconception(
                "only-people-count",
                "People are being taken for the only reason.",
                "A file can need care without naming anyone, if it would weaken the council's position or security.",
                gives="c",
            ),
            Misconception(
                "managers-mark",
                "Marking is being left to managers.",
                "Whoever makes a file knows what it holds. If it waits for a manager, it is not done, as the drive shows.",
                gives="d",
            ),
        ],
        hints=["Think of the signs on the doors."],
        praise="That is right. A marking on everything is a marking on nothing.",
    ),
    Choice(
        "who_may_open",
        "Case notes are marked OFFICIAL-SENSITIVE. Who may open them?",
        role="diagnostic",
        options={
            "a": "Anybody with a council account: it is all OFFICIAL",
            "b": "Those who need them for their work on the case",
            "c": "Nobody but the person who wrote them",
            "d": "Any manager, whatever their service",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "same-tier-same-readers",
                "The marking is being overlooked.",
                "The tier is the same. The marking adds that only people who need to know should see it.",
                gives="a",
            ),
            Misconception(
                "author-only",
                "Need to know is being read as nobody.",
                "The colleague who covers next week needs the notes to help the family.",
                gives="c",
            ),
            Misconception(
                "rank-opens",
                "Rank is being taken for need.",
                "A manager in another service has no work to do on this case.",
                gives="d",
            ),
        ],
        hints=["Whose work stops without these notes?"],
        praise="That is right: need decides, and neither rank nor team.",
    ),
    confidence("confidence_so_far", "How sure are you of your last three answers?"),
    Classify(
        "mark_files",
        "**Task.** Mark each of the 15 files, with a reason where you choose OFFICIAL-SENSITIVE: people, if it says "
        "something about somebody named; harm, if it would weaken the council. None may be marked too low. One may be "
        "marked higher than our answer, if its contents bear out your reason.",
        role="task",
        points=4,
        partial=False,  # one file that is marked too low is one that gets out
        code=True,
        items=files(),
        classes={
            "official": "OFFICIAL",
            "people": "OFFICIAL-SENSITIVE: people",
            "harm": "OFFICIAL-SENSITIVE: harm",
        },
        answer={number: "people" if number in PEOPLE else "official" for number in FIFTEEN},
        costs={
            ("people", "official"): 3,
            ("people", "harm"): 0,
            ("official", "people"): 2,
            ("official", "harm"): 1,
        },
        enough=1 - 1 / 15 - 1e-9,
        checks=[check("reason-does-not-fit", "A reason does not fit what the file holds.", reasons_fit)],
        misconceptions=[
            Misconception(
                "mark-everything",
                "Nearly everything has been marked OFFICIAL-SENSITIVE.",
                "Then the case notes no longer stand out, and leaflets are kept from the people they were made for.",
                when=lambda marks: sum(marks.get(number) in ("people", "harm") for number in FIFTEEN) >= 12,
            ),
            Misconception(
                "mark-nothing",
                "Nothing has been marked OFFICIAL-SENSITIVE.",
                "Some of these say what happened to a named person. If they go astray, that person is hurt.",
                when=lambda marks: len(marks) == 15 and set(marks.values()) == {"official"},
            ),
            Misconception(
                "the-other-way",
                "Each file has the marking of the other sort.",
                "OFFICIAL is for what anybody at work may read. What says something about a named person is "
                "OFFICIAL-SENSITIVE.",
                when=lambda marks: too_low(marks) == set(PEOPLE) and raised(marks) == set(REST),
            ),
            Misconception(
                "team-decides",
                "Files have been marked for the team they come from.",
                "These come from Human Resources, but name nobody. What the file holds decides.",
                when=lambda marks: len(raised(marks) & {"F0002", "F0030", "F0140"}) >= 2,
            ),
            Misconception(
                "marking-there-is-right",
                "A marking that is there now has been taken over.",
                "On this drive 13 files about people are marked too low. Read what the file holds.",
                when=lambda marks: bool(too_low(marks) & {"F0016", "F0206"}),
            ),
            Misconception(
                "unmarked-means-official",
                "A file without a marking has been taken for OFFICIAL.",
                "No marking means that nobody has decided. Read what the file holds.",
                when=lambda marks: bool(too_low(marks) & {"F0075", "F0256"}),
            ),
            Misconception(
                "rota-is-harmless",
                "A rota has been taken for harmless.",
                "It says who is off sick. That is something about a named person, and about their health.",
                when=lambda marks: bool(too_low(marks) & {"F0063", "F0369"}),
            ),
            Misconception(
                "argued-too-often",
                "More than one file has been marked higher than it needs.",
                "Each of your reasons could be argued, but they add up. If you had to choose one, which would hurt "
                "somebody if it got out?",
                when=lambda marks: reasons_fit(marks) is True and len(raised(marks)) > 1,
            ),
        ],
        hints=[
            "Ignore the team and the marking it has now. Read only what it holds.",
            "Ask first: does it name people and say something about them? Six of the files do.",
            "For the others ask: could I point to a line in it that would do harm? If you cannot, it is OFFICIAL. Being off sick "
            "is something about a person.",
        ],
        praise="That is right. Whoever opens these files now knows what to do.",
    ),
    Text(
        "action",
        "At work: which file or folder will you check, and what will you ask of it? Write one sentence.",
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
        "Now: how confident are you that you could mark a file rightly, and say why?",
    ),
    confidence(
        "confidence_looking_back",
        "Looking back with what you know now: how confident should you have been before you started?",
    ),
    Choice(
        "later_youth_club",
        "A youth club sends the council two files: its opening hours, and a list of children with their allergies. How "
        "would you mark them?",
        role="retrieval",
        options={
            "a": "Both OFFICIAL-SENSITIVE, because they are about children",
            "b": "The hours OFFICIAL, the list OFFICIAL-SENSITIVE",
            "c": "The list SECRET, because it is about health",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "subject-decides",
                "The subject is being taken for the reason.",
                "Opening hours are for everybody. Only the list says something about named people.",
                gives="a",
            ),
            Misconception(
                "sensitive-means-secret",
                "Personal is being taken for secret.",
                "SECRET is another tier. Care for people is taken inside OFFICIAL, by the marking.",
                gives="c",
            ),
        ],
        praise="That is right. What it holds decides.",
    ),
    Choice(
        "later_tender",
        "A note says what the council is ready to pay in tomorrow's talks with a supplier. It names nobody. How would you mark it?",
        role="retrieval",
        options={
            "a": "OFFICIAL, because it names nobody",
            "b": "OFFICIAL-SENSITIVE, because it would weaken the council's position",
            "c": "Not at all, because it is only a note",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "names-only",
                "Names are being taken for the only reason.",
                "There is a second question: would it weaken the council's position or security?",
                gives="a",
            ),
            Misconception(
                "notes-do-not-count",
                "A note is being taken for nothing.",
                "What it holds decides, and not how long or how formal it is.",
                gives="c",
            ),
        ],
        praise="That is right. And when the talks are over, ask again.",
    ),
]
