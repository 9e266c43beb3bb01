"""The questions of "Can I trust it?". How to write one: courses/AUTHORING.md."""

import pandas as pd

from digital_council import datasets
from digital_council.courses.questions import (
    Choice,
    Choices,
    Classify,
    Date,
    Misconception,
    Text,
    Value,
    confidence,
)

PHASES = ("Nursery", "Primary", "Secondary", "Special")
FIRST_DAY, LAST_DAY = "2025-01-31", "2026-01-31"


def page(first=1, last=96):
    schools = datasets.open("schools")
    return schools[schools["row_id"].between(first, last)]


def page_three():
    return page(65, 96)


def not_complete(rows):
    """Rows with a blank; nursery places have [z] alone, which is no blank."""
    return rows.drop(columns="nursery_places").isna().any(axis=1)


def not_valid(rows):
    """Rows with a value that cannot be true; a blank is not judged here."""
    wards = set(datasets.open("wards")["ward_name"])
    pupils, places = rows["pupils_on_roll"], rows["capacity"]
    day = pd.to_datetime(rows["last_confirmed"], format="%Y-%m-%d", errors="coerce")
    wrong = rows["phase"].notna() & ~rows["phase"].isin(PHASES)
    wrong |= rows["ward_name"].notna() & ~rows["ward_name"].isin(wards)
    wrong |= ~rows["postcode"].str.fullmatch(r"[A-Z]{1,2}\d{1,2} \d[A-Z]{2}", na=True)
    wrong |= (places < 1).fillna(False) | (pupils < 1).fillna(False) | (pupils > places * 1.25).fillna(False)
    return wrong | day.isna() | (day > LAST_DAY)


def not_up_to_date(rows):
    """Rows confirmed more than a year before the copy."""
    return pd.to_datetime(rows["last_confirmed"], format="%Y-%m-%d", errors="coerce") < FIRST_DAY


def failing(rows, *tests):
    """The numbers of the rows that fail any of the tests."""
    fails = pd.Series(False, index=rows.index)
    for test in tests or (not_complete, not_valid, not_up_to_date):
        fails |= test(rows)
    return {int(number) for number in rows.loc[fails, "row_id"]}


def as_text(numbers):
    return sorted(str(number) for number in numbers)


def overlooked(*numbers):
    """A test on what was chosen on page three: any of these failing rows is not among it."""
    return lambda rows: not {str(number) for number in numbers} <= rows


def only(*numbers):
    """A test on what was chosen on page three: nothing but some of these rows."""
    return lambda rows: rows <= {str(number) for number in numbers}


def positions(rows):
    """The places of the failing rows, counted from nought, in place of their numbers."""
    return sorted(number - 1 for number in failing(rows))


def classed(items, *classes):
    """A test on sorted rows: any of these items is in one of these classes."""
    return lambda rows: any(rows.get(item) in classes for item in items)


BLANK, WRONG, OLD, SOUND = ("row_7", "row_23"), ("row_12", "row_19"), ("row_5", "row_28"), ("row_2", "row_3", "row_31")


def empty_cells(rows):
    """The rows with any empty cell, [z] counted as a blank."""
    return {int(number) for number in rows.loc[rows.isna().any(axis=1), "row_id"]}


def names_of(first, last):
    rows = page(first, last)
    return {str(number): f"{number}: {name}" for number, name in zip(rows["row_id"], rows["school_name"], strict=True)}


def shown_rows(*numbers):
    names = names_of(1, 32)
    return {f"row_{number}": f"Row {names[str(number)]}" for number in numbers}


QUESTIONS = [
    confidence(
        "confidence_before",
        "Before you start: how confident are you that you could test whether a list is fit to be used?",
    ),
    Choice(
        "predict_failing",
        "The list has 96 schools. Before you look: how many rows, would you say, fail at least one test?",
        role="predict",
        options={"a": "None", "b": "One or two", "c": "About one in five", "d": "More than half"},
        praise="Thank you. You will see how many before the end.",
    ),
    Choice(
        "row_51",
        "You are to write to all schools next week. Row 51 has no blank, and every value could be true. It was last "
        "confirmed in January 2024. What do you do with it?",
        role="diagnostic",
        options={
            "a": "Use it. Nothing is missing and everything is well formed",
            "b": "Ask the school to confirm its entry, and use it when it has",
            "c": "Delete the row, because it is out of date",
            "d": "Change the date to today, so that it passes",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "tidy-is-right",
                "A tidy row is being taken for a right one.",
                "Well-formed values were true once, perhaps. In two years a school can move, merge or close, and the row "
                "would look just the same.",
                gives="a",
            ),
            Misconception(
                "old-is-wrong",
                "An old entry is being taken for a wrong one.",
                "It may well be right; nobody has said so lately. If you delete it, the school gets no letter, and nobody "
                "will notice that it is missing.",
                gives="c",
            ),
            Misconception(
                "pass-the-test",
                "The test is being passed, and the doubt is still there.",
                "The date says when the school last confirmed. If you type another one, the list says something that "
                "did not happen.",
                gives="d",
            ),
        ],
        hints=["The test says that nobody has confirmed it for two years. Who could?"],
        praise="That is right. A test that fails is a question to somebody, not a verdict.",
    ),
    Choice(
        "meaning_of_z",
        "In the column of nursery places, 56 of the 96 rows say [z]. What does the test for completeness say of them?",
        role="diagnostic",
        options={
            "a": "All 56 fail, because there is no number",
            "b": "They pass: it has been written down that there can be no number",
            "c": "They should be 0, so that the column can be added up",
            "d": "Those schools should be left out",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "z-is-blank",
                "A mark is being taken for a blank.",
                "A blank says nothing: it may have been forgotten. The mark says that somebody looked, and that the school "
                "has no nursery. It is the answer.",
                gives="a",
            ),
            Misconception(
                "z-is-zero",
                "A mark is being taken for a zero.",
                "Zero would say: there is a nursery, and it has no places. Then the average number of places would "
                "come out far too low.",
                gives="c",
            ),
            Misconception(
                "z-is-fault",
                "A mark is being taken for a fault of the row.",
                "The rest of the row is as good as any. Most of the schools would be gone from your list.",
                gives="d",
            ),
        ],
        hints=["Compare the mark with a blank. What did somebody have to know in order to write it?"],
        praise="That is right. A mark with a meaning is an answer.",
    ),
    confidence("confidence_so_far", "How sure are you of your last two answers?"),
    Classify(
        "which_test",
        "**Task 1.** For each row of page one shown above: does it pass, or which test does it fail?",
        role="task",
        points=2,
        partial=False,  # one bad row that is passed spoils what the list is used for
        items=shown_rows(2, 3, 5, 7, 12, 19, 23, 28, 31),
        classes={
            "sound": "It passes all three tests",
            "incomplete": "Not complete",
            "invalid": "Not valid",
            "stale": "Not up to date",
        },
        answer={
            "row_2": "sound",
            "row_3": "sound",
            "row_5": "stale",
            "row_7": "incomplete",
            "row_12": "invalid",
            "row_19": "invalid",
            "row_23": "incomplete",
            "row_28": "stale",
            "row_31": "sound",
        },
        misconceptions=[
            Misconception(
                "z-is-blank",
                "A mark is being taken for a blank.",
                "The mark [z] says that there can be no value. Somebody looked, and wrote it down.",
                when=classed(("row_2", "row_31"), "incomplete"),
            ),
            Misconception(
                "same-name-is-double",
                "A name that comes up twice is being taken for a fault.",
                "The two schools are in different wards, with different postcodes and numbers of pupils. They share a "
                "name, and nothing else.",
                when=classed(("row_3", "row_31"), "invalid"),
            ),
            Misconception(
                "full-is-impossible",
                "A full school is being taken for an impossible one.",
                "A few pupils more than places can be true. The rule allows a quarter more, and this school is far below.",
                gives={"row_2": "invalid"},
            ),
            Misconception(
                "tidy-is-right",
                "A row that looks tidy is being taken for a right one.",
                "Its cells are filled and its values could be true. Look at the last column: when did the school last "
                "say so?",
                when=classed(OLD, "sound"),
            ),
            Misconception(
                "filled-is-valid",
                "A filled cell is being taken for a valid one.",
                "There is something in every cell of this row. Ask of each value: could it be true?",
                when=classed(WRONG, "sound"),
            ),
            Misconception(
                "blank-passed",
                "A blank has been passed over.",
                "Two of these rows have an empty cell. Go along each row, and ask of every column: is there something in it?",
                when=classed(BLANK, "sound"),
            ),
            Misconception(
                "blank-is-invalid",
                "A blank is being taken for a wrong value.",
                "There is no value that could be true or false. Something is missing, and that is another test: the first.",
                when=classed(BLANK, "invalid", "stale"),
            ),
            Misconception(
                "old-is-wrong",
                "An old entry is being taken for a wrong or an empty one.",
                "Its cells are filled, and each value could be true. What it lacks is somebody who confirmed it of late.",
                when=classed(OLD, "invalid", "incomplete"),
            ),
            Misconception(
                "wrong-is-blank",
                "A wrong value is being taken for a blank or an old entry.",
                "The cell is filled, and the school confirmed it within the year. But could the value be true?",
                when=classed(WRONG, "incomplete", "stale"),
            ),
            Misconception(
                "fresh-is-old",
                "An entry of last year is being taken for an old one.",
                "A year before the copy is 31 January 2025. Every day from then on passes.",
                when=classed(SOUND, "stale"),
            ),
        ],
        hints=[
            "Take one test at a time, for all nine rows. Start with blanks: two rows have one.",
            "For the second test read the five rules, and hold the numbers and the postcodes against them.",
            "For the third test look at the last column alone. Any day before 31 January 2025 is too early.",
        ],
        praise="That is right: two blanks, two values that cannot be true, two entries that are too old, and three sound rows.",
    ),
    Choices(
        "failing_on_page_three",
        "**Task 2.** Which rows of page three fail at least one test? Choose them all.",
        role="task",
        points=2,
        code=True,
        options=names_of(65, 96),
        partial=False,  # as above
        answer=lambda: as_text(failing(page_three())),
        misconceptions=[
            Misconception(
                "z-is-blank",
                "A mark is being taken for a blank.",
                "The mark [z] says that there can be no value. Rows that have it are not incomplete. In code, use the other "
                "columns to look for blanks.",
                when=lambda rows: (
                    len(rows & set(as_text(empty_cells(page_three()) - failing(page_three())))) >= 3
                    and rows != {str(place) for place in positions(page_three())}
                ),
            ),
            Misconception(
                "positions",
                "Positions have been given in place of row numbers.",
                "Code counts rows from nought. The row numbers stand in the column row_id, and those are asked for.",
                gives=lambda: [str(place) for place in positions(page_three())],
            ),
            Misconception(
                "same-name-is-double",
                "A name that comes up twice is being taken for a fault.",
                "Schools may share a name. They are in different wards, and their numbers differ.",
                when=lambda rows: "80" in rows and len(rows) <= 10,
            ),
            Misconception(
                "full-is-impossible",
                "A full school is being taken for an impossible one.",
                "A few pupils more than places can be true. The rule allows a quarter more.",
                when=lambda rows: "66" in rows and len(rows) <= 10,
            ),
            Misconception(
                "blanks-alone",
                "Blanks have been found, and nothing else.",
                "A cell can be filled and still be wrong. Two more tests are left: could each value be true, and is the "
                "entry recent enough?",
                when=only(77, 90),
            ),
            Misconception(
                "tidy-is-right",
                "Rows that look tidy have been passed over.",
                "Entries that nobody has confirmed for over a year look like all the others. Sort the last column.",
                when=overlooked(69),
            ),
            Misconception(
                "blank-passed",
                "A blank has been passed over.",
                "Two cells of this page are empty, in two columns. Go down each column and look for a gap.",
                when=overlooked(77, 90),
            ),
            Misconception(
                "one-day-out",
                "One row is a day too old.",
                "A year before the copy is 31 January 2025. That day still passes. Look for the day before it.",
                when=overlooked(88),
            ),
            Misconception(
                "later-is-fresher",
                "A date that has not come yet is being taken for a fresh one.",
                "The copy is of 31 January 2026. Nobody can have confirmed anything after that day.",
                when=overlooked(93),
            ),
            Misconception(
                "zero-is-a-number",
                "A zero is being passed because it is a number.",
                "Could the school have no place at all, with pupils in it?",
                when=overlooked(72),
            ),
            Misconception(
                "filled-is-valid",
                "A filled cell is being taken for a valid one.",
                "Set the pupils beside the places, row by row. One school has far more than a quarter over.",
                when=overlooked(85),
            ),
        ],
        hints=[
            "Go down each column on its own. Seven rows fail.",
            "Two rows have a blank. Three have a value that cannot be true: look at the ends of the numbers and of the dates.",
            "Two rows are too old. One by years, and one by a single day.",
        ],
        praise="That is right. You found all seven, the tidy ones too.",
    ),
    Value(
        "failing_rows",
        "**Extra, not marked.** Set `failing_rows` to the numbers of all the rows of the whole list that fail "
        "a test. A set, a list or a column will do.",
        role="task",
        answer=lambda: failing(page()),
        reveal=False,
        misconceptions=[
            Misconception(
                "positions",
                "Positions have been given in place of row numbers.",
                "Code counts rows from nought. The row numbers stand in the column row_id, and those are asked for.",
                gives=lambda: positions(page()),
            ),
            Misconception(
                "z-is-blank",
                "A mark is being taken for a blank.",
                'When the list is opened, [z] becomes an empty cell. `datasets.missing("schools")` says for each empty cell '
                "why it is empty. Look for blanks in the other columns.",
                when=lambda rows: len({key[1] for key in rows} & (empty_cells(page()) - failing(page()))) >= 10,
            ),
            Misconception(
                "blanks-alone",
                "Blanks have been found, and nothing else.",
                "Two more tests are left: could each value be true, and is the entry recent enough?",
                gives=lambda: failing(page(), not_complete),
            ),
            Misconception(
                "tidy-is-right",
                "Rows that look tidy have been passed over.",
                "Turn the last column into dates, and compare them with the first day that passes.",
                gives=lambda: failing(page(), not_complete, not_valid),
            ),
            Misconception(
                "blanks-compare-as-sound",
                "Rows with a blank have been lost on the way.",
                "A comparison with a blank is neither true nor false, so such a row is easily dropped. Test for blanks first.",
                gives=lambda: failing(page(), not_valid, not_up_to_date),
            ),
        ],
        hints=[
            "Write one line for each rule, each giving true or false for every row. Then put them together.",
            'For dates, `pd.to_datetime` with `errors="coerce"` turns what is no date into a blank.',
            "Leave out the column of nursery places when you look for blanks.",
        ],
        praise="That is right: 19 rows.",
    ),
    Text(
        "action",
        "At work: name one list that you rely on, and one of the three tests. How will you test it?",
        role="action",
        praise="Noted. Write what you find beside the list, so that the next reader knows.",
    ),
    Date(
        "action_date",
        "By which date will you have done it?",
        role="action",
        praise="Noted. We will ask you what you found.",
    ),
    confidence(
        "confidence_after",
        "Now: how confident are you that you could test whether a list is fit to be used?",
    ),
    confidence(
        "confidence_looking_back",
        "Looking back with what you know now: how confident should you have been before you started?",
    ),
    Choice(
        "later_keyholders",
        "A list of keyholders has a name and a well-formed phone number for every building. It was typed in 2022. The alarm "
        "company wants to use it. Which test has nobody done?",
        role="retrieval",
        options={"a": "Complete", "b": "Valid", "c": "Up to date"},
        answer="c",
        misconceptions=[
            Misconception(
                "complete-untested",
                "Completeness is there to be seen.",
                "Every building has a name and a number. Whether they are still the right ones is another test.",
                gives="a",
            ),
            Misconception(
                "valid-untested",
                "The numbers are well formed.",
                "A phone number can be well formed and belong to somebody who left long ago.",
                gives="b",
            ),
        ],
        praise="That is right. Tidy numbers of people who have left open no doors.",
    ),
    Choices(
        "later_permits",
        "In a list of parking permits as at 31 March 2026, which entries fail a test?",
        role="retrieval",
        options={
            "start": "Start date 31 February 2026",
            "end": "End date [z], for a permit that does not end",
            "zone": "Zone blank",
            "name": "Two permits for people called J. Smith, in two streets",
            "counted": "Marked as in use, last confirmed in 2019",
        },
        answer=["start", "zone", "counted"],
        misconceptions=[
            Misconception(
                "z-is-blank",
                "A mark is being taken for a blank.",
                "It says that there can be no end date. That is an answer.",
                gives="end",
            ),
            Misconception(
                "same-name-is-double",
                "A name that comes up twice is being taken for a fault.",
                "Two people may share a name. The streets tell them apart.",
                gives="name",
            ),
            Misconception(
                "tidy-is-right",
                "An entry that looks tidy has been passed over.",
                "Ask when somebody last confirmed it.",
                when=lambda chosen: chosen == {"start", "zone"},
            ),
        ],
        praise="That is right: one not valid, one not complete, one not up to date.",
    ),
]
