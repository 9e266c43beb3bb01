"""The questions of "Fair comparison". How to write one: courses/AUTHORING.md."""

from functools import cache

from digital_council import datasets
from digital_council.courses.questions import (
    Choice,
    Classify,
    Date,
    Function,
    Misconception,
    Number,
    Table,
    Text,
    confidence,
)
from digital_council.courses.questions.plain import number

ASKED = ("Perivale", "Southall West", "Walpole")
"""The wards asked for by the form: one with no report, one that is small, one with many."""
ROUNDING = 0.006  # two decimal places
NONE = ("none", "no reports", "no report", "nothing", "none reported")


@cache
def counts():
    """Reports of abandoned vehicles in every ward, those with none too."""
    reports = datasets.open("street_reports")
    found = reports[reports["category"] == "Abandoned vehicle"].groupby("ward_name", observed=True).size()
    return {ward: int(found.get(ward, 0)) for ward in by_ward("population")}


@cache
def by_ward(column):
    """One column of the wards, by name."""
    return datasets.open("wards").set_index("ward_name")[column].to_dict()


def rates(below="population", times=1000):
    """Reports divided by a column of the wards, for every ward."""
    return {ward: times * count / by_ward(below)[ward] for ward, count in counts().items()}


def all_reports():
    """The rate of reports of every sort."""
    found = datasets.open("street_reports").groupby("ward_name", observed=True).size()
    return {ward: 1000 * found[ward] / people for ward, people in by_ward("population").items()}


def upside_down():
    return {ward: by_ward("population")[ward] / count for ward, count in counts().items() if count}


def table(values, wards=None):
    return [{"ward_name": ward, "rate": values[ward]} for ward in (wards or values)]


def given(rows):
    """What a table gives for each ward: None where a cell is blank or holds no number."""
    found = {}
    for row in rows:
        try:
            found[str(row.get("ward_name")).strip().title()] = number(row.get("rate"))
        except Exception:  # a cell that is no number is judged by the table's own comparison
            found[str(row.get("ward_name")).strip().title()] = None
    return found


def gives(values, rounding=ROUNDING):
    """A test: the table follows these values wherever there were reports."""

    def test(rows):
        mine = {ward: rate for ward, rate in given(rows).items() if counts().get(ward)}
        wanted = values()
        return bool(mine) and all(
            rate is not None and abs(rate - wanted[ward]) <= max(rounding, 0.01 * abs(wanted[ward]))
            for ward, rate in mine.items()
        )

    return test


def zeros_lost(rows):
    """A test: wards with no report have no row or no number, and the others are right."""
    mine = given(rows)
    wanted = ASKED if len(mine) <= len(ASKED) else tuple(counts())
    none = [ward for ward in wanted if counts()[ward] == 0]
    return bool(none) and any(mine.get(ward) is None for ward in none) and gives(rates)(rows)


def zeros_in_words(rows):
    """A test: "none", or the like, beside a ward with no report."""
    said = {str(row.get("ward_name")).strip().title(): str(row.get("rate")).strip().casefold() for row in rows}
    none = [ward for ward, count in counts().items() if count == 0]
    return gives(rates)(rows) and any(said.get(ward) in NONE for ward in none)


def zeros_filled(rows):
    """A test: wards with no report have been given a number other than none."""
    mine = given(rows)
    return gives(rates)(rows) and any(mine.get(ward) for ward, count in counts().items() if count == 0)


def places(rng):
    """Places that nobody has seen; some have no count."""
    for size in (3, 6, 12):
        residents = {f"Place {n}": int(rng.integers(2_000, 30_000)) for n in range(size)}
        found = {place: int(rng.integers(1, 90)) for place in list(residents)[1:]}
        yield [found, residents]


QUESTIONS = [
    confidence(
        "confidence_before",
        "Before you start: how confident are you that you could compare places of different size fairly?",
    ),
    Choice(
        "predict_southall",
        "Southall Broadway sent 98 reports and Southall West 75. Before you look: which has more reports for its size?",
        role="predict",
        options={
            "a": "Southall Broadway",
            "b": "Southall West",
            "c": "They are about the same",
        },
        praise="Thank you. Keep your prediction in mind: the next table shows what happened.",
    ),
    Choice(
        "two_wards",
        "Ward A has 15,000 residents and 90 reports of litter. Ward B has 10,000 residents and 80 reports. What can you "
        "say from this alone?",
        role="diagnostic",
        options={
            "a": "Litter is a bigger problem in ward A",
            "b": "Ward B sends more reports for its size",
            "c": "The two are about the same, because 90 and 80 are close",
            "d": "The streets of ward B are dirtier than those of ward A",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "bigger-count-bigger-problem",
                "The larger count is being taken for the larger problem.",
                "Ward A has half as many people again as ward B, so you would expect more of everything there. Divide "
                "by the residents first.",
                gives="a",
            ),
            Misconception(
                "counts-alike-wards-alike",
                "Counts that are close are being taken for wards that are alike.",
                "The counts are close and the wards are not. Work out the reports for every thousand residents of each.",
                gives="c",
            ),
            Misconception(
                "rate-is-condition",
                "Reports are being taken for what is on the street.",
                "The rate says how often people report. They may report more because there is more litter, or because "
                "they have the app and use it.",
                gives="d",
            ),
        ],
        hints=["How many reports are there for every thousand residents of A, and of B?"],
        praise="That is right: 8 for every thousand residents against 6. It is a rate of reporting.",
    ),
    Choice(
        "not_in_the_list",
        "A ward is not in the list of abandoned vehicles. The reports of the whole year are complete. What belongs beside "
        "it in a table of rates?",
        role="diagnostic",
        options={
            "a": "Nothing: leave the ward out, because there are no data for it",
            "b": "0.00, because nothing was reported there",
            "c": "A blank, so that nobody takes it for a measurement",
            "d": "The average of the other wards, as the best guess",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "no-row-no-data",
                "No reports are being taken for no data.",
                "We do know something about this ward: there was no report in a full year. Without it, averages come out "
                "too high and its residents find no answer.",
                gives="a",
            ),
            Misconception(
                "zero-is-unknown",
                "None is being taken for not known.",
                "A blank says that we do not know. Here we know. Keep blanks for wards whose reports were lost.",
                gives="c",
            ),
            Misconception(
                "zero-needs-guess",
                "A known number is being replaced by a guess.",
                "A guess is for something that is not known. Here the number is known, and it is none.",
                gives="d",
            ),
        ],
        hints=["Do we not know how many there were, or do we know that there were none?"],
        praise="That is right. None is a finding, and it stays in the table.",
    ),
    confidence("confidence_so_far", "How sure are you of your last two answers?"),
    Table(
        "vehicle_rates",
        "**Task 1.** Work out the reports of abandoned vehicles per 1,000 residents, to two decimal places. The "
        "form asks for three wards. In code, give all 24.",
        role="task",
        points=2,
        code=True,
        partial=False,  # 21 right rows of 24 are the mistake that this unit is about
        columns={"ward_name": "Ward", "rate": "Reports per 1,000 residents"},
        keys=["ward_name"],
        rows=ASKED,
        tolerance=ROUNDING,
        answer=lambda: table(rates(), ASKED),
        also=[lambda: table(rates())],
        misconceptions=[
            Misconception(
                "zeros-in-words",
                "None is right. In a table of rates it needs a number.",
                "Write it in figures, so that the rates can be sorted, compared and averaged.",
                when=zeros_in_words,
            ),
            Misconception(
                "zeros-lost",
                "The wards with no report have been lost.",
                "They are not in the list of counts, so they have to be brought in from the list of wards. Their rate is "
                "known.",
                when=zeros_lost,
            ),
            Misconception(
                "zeros-filled",
                "A ward with no report has been given a rate.",
                "Nothing was reported there in the whole year. No reports for every thousand residents is none.",
                when=zeros_filled,
            ),
            Misconception(
                "count-for-rate",
                "These are the counts. They are not rates yet.",
                "A count does not allow for the size of the ward. Divide each by the residents of its own ward.",
                when=gives(counts),
            ),
            Misconception(
                "per-person",
                "These are rates for each person, and not for each thousand.",
                "You have divided by the residents. Then multiply by 1,000.",
                when=gives(lambda: rates(times=1), 0.00006),
            ),
            Misconception(
                "per-hundred",
                "These are rates for each hundred residents.",
                "A percentage is per hundred. The question asks for reports per thousand.",
                when=gives(lambda: rates(times=100), 0.006),
            ),
            Misconception(
                "rounded-too-far",
                "These are the rates with one decimal place.",
                "The question asks for two. With small rates one is too coarse: 0.18 and 0.24 would look the same.",
                when=gives(lambda: {ward: round(rate, 1) for ward, rate in rates().items()}, 0.0001),
            ),
            Misconception(
                "per-household",
                "The households have been used in place of the residents.",
                "There are fewer homes than people, so the rates come out too high.",
                when=gives(lambda: rates("households")),
            ),
            Misconception(
                "all-reports",
                "Reports of every sort have been counted.",
                "The question is about abandoned vehicles alone. Their counts are in the shorter list.",
                when=gives(all_reports, 0.06),
            ),
            Misconception(
                "upside-down",
                "The two numbers have changed places.",
                "You have residents for each report. Put the reports on top.",
                when=gives(upside_down),
            ),
        ],
        hints=[
            "For each ward you need two numbers: its reports of abandoned vehicles, and its residents. Is every ward in "
            "both lists?",
            "Look at how 6.84 was worked out for Southall West, and do the same with the shorter list.",
            "Reports ÷ residents × 1,000. A ward that is not in the list of counts has 0 reports, so put 0 on top.",
        ],
        praise="That is right, and nobody's ward is missing.",
    ),
    Classify(
        "divide_by",
        "**Task 2.** What should the count be divided by, to answer each question fairly?",
        role="task",
        points=2,
        items={
            "bins": "Each home has one bin. In which wards does a home have its bin missed more often?",
            "workload": "How many reports will the crew in each ward have to close next week?",
            "litter": "In which wards do litter bins stand closer together?",
            "letters": "We sent reminders to some residents of each ward. Where did a reminder work more often?",
            "courses": "In which wards does a larger part of the people take our evening courses?",
            "skips": "How many skips do we have to order for each depot on Monday?",
        },
        classes={
            "residents": "By the residents",
            "households": "By the households",
            "area": "By the area",
            "chances": "By how many were sent",
            "nothing": "By nothing: use the count itself",
        },
        answer={
            "bins": "households",
            "workload": "nothing",
            "litter": "area",
            "letters": "chances",
            "courses": "residents",
            "skips": "nothing",
        },
        misconceptions=[
            Misconception(
                "counts-for-everything",
                "Nearly every question is to be answered with the count.",
                "Some of these compare places of different size. Ask how much the count would grow if the ward were "
                "twice as large.",
                when=lambda classes: sum(chosen == "nothing" for chosen in classes.values()) >= 4,
            ),
            Misconception(
                "residents-for-everything",
                "The residents are being used for nearly everything.",
                "Residents are right when it could happen to each of them. Ask of each question: who or what could "
                "have had this happen to it?",
                when=lambda classes: sum(chosen == "residents" for chosen in classes.values()) >= 4,
            ),
            Misconception(
                "workload-as-rate",
                "Work that has to be done is being divided.",
                "A crew clears reports and not rates. When the question is how much there is to do, use the count.",
                when=lambda classes: any(classes.get(item) not in (None, "nothing") for item in ("workload", "skips")),
            ),
            Misconception(
                "not-asked-counted",
                "People who never got a reminder are being counted.",
                "A reminder can only work for somebody who got one. Divide by those.",
                when=lambda classes: classes.get("letters") in ("residents", "households"),
            ),
            Misconception(
                "bins-by-people",
                "Bins are being divided among people.",
                "A home of five has one bin, like a home of one. Divide by what can be missed.",
                gives={"bins": "residents"},
            ),
            Misconception(
                "people-for-space",
                "Space is being measured in people or homes.",
                "How close together things stand depends on the ground that they stand on.",
                when=lambda classes: classes.get("litter") in ("residents", "households", "nothing"),
                earns=0.5,
            ),
            Misconception(
                "count-for-share",
                "A count is to answer a question about how often, or how large a part.",
                "In a ward with twice as many there will be about twice the count, though nothing works better there.",
                when=lambda classes: "nothing" in (classes.get("bins"), classes.get("letters"), classes.get("courses")),
                earns=0.5,
            ),
        ],
        hints=[
            "Who or what could have had this happen to it? Divide by that.",
            "If somebody has to do all of the work, size does not make it less.",
            "Look for what the question says there is one of for each home, for each person or for each letter.",
        ],
        praise="That is right. You divide by what it could have happened to.",
    ),
    Function(
        "rates_of",
        "**Extra, not marked.** Write `rates_of(counts, residents)`. Both are dictionaries with a number for each place. It "
        "gives a dictionary with the rate per 1,000 residents of **every** place in `residents`.",
        role="task",
        answer=lambda counts, residents: {place: 1000 * counts.get(place, 0) / n for place, n in residents.items()},
        tolerance=ROUNDING,
        relative=0.001,
        examples=[[{"North": 5}, {"North": 2500, "South": 4000}]],
        inputs=places,
        misconceptions=[
            Misconception(
                "zeros-lost",
                "Your function leaves out places with no count.",
                "Go through the places in `residents`, and look each one up in `counts`.",
                gives=lambda counts, residents: {place: 1000 * n / residents[place] for place, n in counts.items()},
            ),
            Misconception(
                "per-person",
                "Your function gives rates for each person.",
                "Multiply by 1,000.",
                gives=lambda counts, residents: {place: counts.get(place, 0) / n for place, n in residents.items()},
            ),
        ],
        hints=["`counts.get(place, 0)` gives 0 for a place that is not there."],
        praise="That is right: it keeps every place.",
    ),
    Text(
        "action",
        "At work: find one table or chart that compares places, teams or months by their counts. What would you divide "
        "by? Is any place missing because it had none?",
        role="action",
        praise="Noted. Show the count and the rate side by side, so that nobody has to choose.",
    ),
    Date(
        "action_date",
        "By which date will you have made the comparison fair?",
        role="action",
        praise="Noted. We will ask you how it went.",
    ),
    confidence(
        "confidence_after",
        "Now: how confident are you that you could compare places of different size fairly?",
    ),
    confidence(
        "confidence_looking_back",
        "Looking back with what you know now: how confident should you have been before you started?",
    ),
    Choice(
        "later_library",
        "A library that is open 20 hours a week had 1,200 visits. Another is open 30 hours and had 1,500. Which is busier "
        "while it is open?",
        role="retrieval",
        options={
            "a": "The second, with 1,500 visits",
            "b": "The first, with 60 visits an hour against 50",
            "c": "It cannot be said without the residents",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "bigger-count",
                "The larger count is being taken for the busier place.",
                "The second is open for longer. Divide by the hours.",
                gives="a",
            ),
            Misconception(
                "residents-always",
                "The residents are being used out of habit.",
                "The question is how busy an open hour is. Divide by the hours.",
                gives="c",
            ),
        ],
        praise="That is right: divide by what it could have happened in.",
    ),
    Number(
        "later_schools",
        "A list of school exclusions names 8 schools, with 24 exclusions in all. The borough has 12 schools, and every one "
        "sent its figures. How many exclusions is that for each school?",
        role="retrieval",
        answer=2,
        misconceptions=[
            Misconception(
                "zeros-lost",
                "The schools with none have been lost.",
                "A school with no exclusions is not in a list of exclusions. It is still a school.",
                gives=3,
            ),
            Misconception(
                "only-missing",
                "Only the schools that are not in the list have been counted.",
                "Divide by all the schools.",
                gives=6,
            ),
        ],
        praise="That is right: 24 for 12 schools, those with none among them.",
    ),
]
