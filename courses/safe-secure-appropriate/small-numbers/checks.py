"""The questions of "Small numbers". How to write one: courses/AUTHORING.md.

Task 2 takes a table in any safe form. `Published` is what a reader sees of it, `left` what a reader can work out.
"""

import io
import json
import math
import re
from dataclasses import dataclass

from digital_council.courses.findings import Unusable
from digital_council.courses.questions import Choice, Choices, Date, Misconception, Number, Text, check, confidence
from digital_council.courses.questions.options import SomeOf
from digital_council.courses.questions.shapes import Difference
from digital_council.datasets.suppression.region import Region

THRESHOLD = 5
LEAST_SHOWN = 10
WARDS = ("Lady Margaret", "Southall Broadway", "Southall Green", "Southall West")
OUTCOMES = ("Support", "Advice", "Passed on", "Declined", "Waiting")
COUNTS = {
    "Lady Margaret": (26, 17, 10, 4, 9),
    "Southall Broadway": (38, 20, 11, 3, 10),
    "Southall Green": (34, 20, 10, 8, 10),
    "Southall West": (30, 8, 2, 3, 5),
}
TRUE = {(ward, outcome): COUNTS[ward][place] for ward in WARDS for place, outcome in enumerate(OUTCOMES)}
SMALL = frozenset(cell for cell, count in TRUE.items() if 0 < count < THRESHOLD)
TOTAL = re.compile(r"(?:grand |sub)?totals?|sum|overall|everyone|all(?: four)?(?: wards| outcomes)?")
OTHER = re.compile(r"others?\s*[(:]\s*([^()]+?)\s*\)?")
MARKS = {"", "[c]", "c", "nan", "none", "<na>"}

# What a reader sees


@dataclass(frozen=True)
class Published:
    """A published table: what each number stands for (wards and outcomes), and the number, None where it is hidden."""

    shown: tuple[tuple[frozenset, int | None], ...]
    totals: tuple[tuple[frozenset, int | None], ...] = ()
    starred: bool = False

    @property
    def hidden(self):
        """The single cells whose number is not shown by itself."""
        return frozenset().union(*(cells for cells, number in self.shown if number is None))

    @property
    def numbers(self):
        return [(cells, number) for cells, number in self.shown if number is not None]

    @property
    def wrong(self):
        """What is shown inside the table and is not the true number."""
        return [(cells, number) for cells, number in self.numbers if number != true(cells)]

    @property
    def rounded(self):
        """Whether every number is a multiple of 5 near the true one, and some are not exact."""
        return all(rounds(cells, number) for cells, number in self.numbers) and bool(self.wrong)


def true(cells):
    return sum(TRUE[cell] for cell in cells)


def name(cells):
    wards = [ward for ward in WARDS if ward in {cell[0] for cell in cells}]
    outcomes = [outcome for outcome in OUTCOMES if outcome in {cell[1] for cell in cells}]
    if len(wards) == len(WARDS) or len(outcomes) == len(OUTCOMES):
        parts = ["" if len(wards) == len(WARDS) else " and ".join(wards)]
        parts += ["" if len(outcomes) == len(OUTCOMES) else " or ".join(outcomes)]
        return f"the total for {' and '.join(filter(None, parts)) or 'all'}"
    return f"{' and '.join(wards)}, {' or '.join(outcomes)}"


def from_hidden(hidden):
    """The table as it is, without these cells."""
    return Published(tuple((frozenset({cell}), None if cell in hidden else count) for cell, count in TRUE.items()))


# Reading a table


def grid(raw):
    """A table in any common form as a data frame with wards down and outcomes across."""
    import pandas as pd

    try:
        if isinstance(raw, str):
            raw = written(raw.strip())
        if hasattr(raw, "unstack") and getattr(raw.index, "nlevels", 1) == 2 and not hasattr(raw, "columns"):
            raw = raw.unstack()
        frame = across(pd.DataFrame(raw).astype("object"))
    except (ValueError, TypeError, AttributeError):  # pandas' own reader raises kinds of ValueError
        raise Unusable("This is not a table.", "Give wards down, outcomes across and a number in each place.") from None
    if not frame.columns.is_unique or not frame.index.is_unique:
        raise Unusable("Two rows or columns have the same name.", "Each belongs in one place.")
    if not _known(frame.index, WARDS) and not _known(frame.index, OUTCOMES):
        named = [column for column in frame if _known(frame[column], WARDS) or _known(frame[column], OUTCOMES)]
        if not named:
            raise Unusable("The rows should be named after the wards.", f"The wards are {', '.join(WARDS)}.")
        frame = frame.set_index(named[0])
    return frame.T if _known(frame.index, OUTCOMES) else frame


def written(text):
    """A table in text: JSON, or rows with commas, semicolons or tabs."""
    import pandas as pd

    if text[:1] in "[{":
        return json.loads(text)
    first = text.partition("\n")[0]
    return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, sep=max(",;\t|", key=first.count))


def across(frame):
    """A long table, with a row for each ward and outcome, as wards down and outcomes across; others as they are."""
    wards = [place for place, column in enumerate(frame) if _known(frame.iloc[:, place], WARDS)]
    outcomes = [place for place, column in enumerate(frame) if _known(frame.iloc[:, place], OUTCOMES)]
    if not wards and outcomes and _known(frame.index, WARDS):
        frame = frame.reset_index()
        wards, outcomes = [0], [outcomes[0] + 1]
    left = [place for place in range(frame.shape[1]) if place not in (*wards, *outcomes)]
    if not (len(wards) == len(outcomes) == len(left) == 1):
        return frame
    row, column, value = (frame.columns[each[0]] for each in (wards, outcomes, left))
    return frame.pivot(index=row, columns=column, values=value)


def _known(labels, names):
    return bool(len(labels)) and any(part in map(str.casefold, names) for each in labels for part in _parts(each))


def _parts(label):
    split = re.split(r"\s*(?:\band\b|\bor\b|[&+,/;])\s*", str(label).strip().casefold())
    return [part for part in split if part]


def group(label, names):
    """The names that a label joins; all of them for a total."""
    label = str(label).strip().casefold()
    label = found[1] if (found := OTHER.fullmatch(label)) else label
    if TOTAL.fullmatch(label):
        return frozenset(names)
    known = {each.casefold(): each for each in names}
    unknown = [part for part in _parts(label) if part not in known]
    if unknown or not _parts(label):
        raise Unusable(
            f"The table has a row or column called “{label[:40]}”.",
            f"If you merge, join the names, such as “{names[2]} or {names[3]}”. The names are {', '.join(names)}.",
        )
    return frozenset(known[part] for part in _parts(label))


def count(value):
    """A shown number, or None where it is hidden."""
    text = str(value).strip().casefold()
    if text in MARKS or text == "*":
        return None
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number != int(number) or number < 0:
        raise Unusable(
            "Every cell should be a whole number, or [c] where it is hidden.", f"You gave {str(value)[:30]}."
        )
    return int(number)


def from_table(raw):
    frame = grid(raw)
    rows = [group(label, WARDS) for label in frame.index]
    columns = [group(label, OUTCOMES) for label in frame.columns]
    inner, totals = [], []
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            cells = frozenset((ward, outcome) for ward in row for outcome in column)
            whole = len(row) == len(WARDS) or len(column) == len(OUTCOMES)
            (totals if whole else inner).append((cells, count(frame.iat[i, j])))
    seen = [cell for cells, _ in inner for cell in cells]
    if len(seen) != len(set(seen)):
        raise Unusable("Some wards or columns stand in the table more than once.", "Each belongs in one place.")
    if absent := [cell for cell in TRUE if cell not in set(seen)]:
        text = f"There is no place for {name([absent[0]])}. Hide numbers with [c], or merge, but leave no ward or column out."
        raise Unusable("Part of the table has been left out.", text, "missing-rows")
    starred = any(str(value).strip() == "*" for value in frame.to_numpy().ravel())
    return Published(tuple(inner), tuple(totals), starred)


# Attacking it


def left(table):
    """For each small number, the least and the greatest it can be for a reader who knows the totals."""
    place = {cell: number for number, cell in enumerate(TRUE)}
    equations = []
    for cells in [[c for c in TRUE if c[0] == w] for w in WARDS] + [[c for c in TRUE if c[1] == o] for o in OUTCOMES]:
        equations.append(({place[cell]: 1 for cell in cells}, true(cells)))
    size = len(TRUE)
    slack = 0
    if table.rounded:
        slack = 2 if all(abs(number - true(cells)) <= 2 for cells, number in table.numbers) else 4
    for cells, number in table.numbers:
        sums = {place[cell]: 1 for cell in cells}
        if not slack:
            equations.append((sums, number))
            continue
        equations.append(({**sums, size: 1}, number + slack))
        if number > slack:
            equations.append(({**sums, size + 1: -1}, number - slack))
        size += 2
    region = Region(size, equations)
    found = {}
    for cell in sorted(SMALL):
        low, high = region.least({place[cell]: 1}), region.least({place[cell]: -1})
        found[cell] = (math.ceil(low), math.floor(-high))
    return found


# The four rules


def no_small_number(table):
    small = [cells for cells, number in table.numbers if 0 < number < THRESHOLD]
    return not small or f"Look at {name(small[0])}."


def is_true(table):
    for cells, number in table.numbers:
        if number != true(cells) and not (table.rounded and rounds(cells, number)):
            return f"Look at {name(cells)}. Show the true number, or round every number to the nearest 5."
    return True


def rounds(cells, number):
    """Whether a number is the true one rounded to a multiple of 5, up or down."""
    return number % 5 == 0 and abs(number - true(cells)) < 5


def totals_stay(table):
    for cells, number in table.totals:
        if number is not None and number != true(cells) and not (table.rounded and rounds(cells, number)):
            return f"Look at {name(cells)}. Readers know it already."
    return True


def cannot_be_worked_out(table):
    if is_true(table) is not True:
        return True  # said already; an attack on untrue numbers means nothing
    for cell, (low, high) in left(table).items():
        if low == high:
            return f"With the totals, a reader finds the exact number for {name([cell])}."
        if not table.rounded and (high < THRESHOLD or high - low < THRESHOLD):
            return f"With the totals, a reader finds that {name([cell])} is from {low} to {high}."
    return True


def enough_is_left(table):
    shown = len(table.numbers)
    return shown >= LEAST_SHOWN or f"{shown} numbers are left inside the table; at least {LEAST_SHOWN} should be."


def single_in(table, place):
    """Whether some ward (0) or outcome (1) has exactly one hidden number."""
    labels = [cell[place] for cell in table.hidden]
    return any(labels.count(label) == 1 for label in labels)


class TableShape(SomeOf):
    """The numbers ticked to be hidden, or a whole table; both become what a reader sees."""

    def parse(self, raw):
        if isinstance(raw, str):
            lines = [line.strip() for line in raw.strip().splitlines()]
            if raw.strip()[:2] in ("{", '{"', "[{") or (len(lines) > 1 and not all(map(self._cell, lines))):
                return from_table(raw)
            raw = lines if len(lines) > 1 else raw
        is_long = hasattr(raw, "unstack") and hasattr(raw, "index")  # a column of numbers by ward and outcome
        is_rows = isinstance(raw, (list, tuple)) and bool(raw) and all(isinstance(row, dict) for row in raw)
        if hasattr(raw, "columns") or isinstance(raw, dict) or is_rows or (is_long and raw.index.nlevels == 2):
            return from_table(raw)
        if isinstance(raw, (list, tuple, set, frozenset)):
            raw = [self._cell(each) or each for each in raw]
            if any(isinstance(each, (list, tuple)) and len(each) > 3 for each in raw):
                raise Unusable("The table has no names for its rows and columns.", "Give a table with its wards and outcomes.")
        elif not isinstance(raw, str):
            raise Unusable("This is neither a table nor numbers to hide.", "Give the table as it would be published.")
        return from_hidden({tuple(each.split(" / ")) for each in super().parse(raw)})

    def _cell(self, each):
        """The number that a ward and an outcome name, as a pair or with a comma or slash between them; "" for others."""
        parts = each if isinstance(each, (list, tuple)) else re.split(r"\s*[/,]\s*", str(each))
        named = [str(part).strip().casefold() for part in parts]
        return next((cell for cell in self.options if cell.casefold().split(" / ") == named), "")

    def compare(self, got, expected):
        return None if got == expected else Difference("value", "wrong-value", "The table is not safe yet.")


class SafeTable(Choices):
    """Numbers to hide, chosen in the form; or, by code, the table that would be published."""

    @property
    def shape(self):
        return TableShape(self.options)


QUESTIONS = [
    confidence(
        "confidence_before",
        "Before you start: how confident are you that you could publish a table of people without giving anybody away?",
    ),
    Choice(
        "predict_blank",
        "One number is blanked, and the totals are shown. What can a reader work out?",
        role="predict",
        options={
            "a": "Nothing: the number is gone",
            "b": "That it is small, but not how small",
            "c": "The exact number",
        },
        praise="Thank you. Keep your prediction in mind: the next part tries it with a pencil.",
    ),
    Choice(
        "second_in_row",
        "In a table with totals, two numbers are hidden in one row and none elsewhere. Why is that not safe?",
        role="diagnostic",
        options={
            "a": "It is safe: two blanks in a row cannot be told apart",
            "b": "Each stands alone in its column, and the column's total gives it back",
            "c": "A reader can see that the two are small",
            "d": "Only hiding the whole row would be safe",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "rows-only",
                "The table is being read along its rows alone.",
                "Go down the columns too. A reader has both directions.",
                gives="a",
            ),
            Misconception(
                "blank-means-small",
                "A blank is being taken for a small number.",
                "Large numbers are hidden as well, to protect the others. The trouble here is that both can be "
                "worked out.",
                gives="c",
            ),
            Misconception(
                "hide-the-row",
                "More is being hidden than is needed, and not in the right place.",
                "A whole row can still come back: each column's total less the other wards gives it. What counts "
                "is which numbers stand alone.",
                gives="d",
            ),
        ],
        hints=["Take the pencil down the column Waiting, as in the example."],
        praise="That is right. Check along rows and down columns.",
    ),
    Choice(
        "which_way",
        "A head of service wants exact numbers and no holes in the table. Whether people declined or were passed on does "
        "not matter to her. Which way suits best?",
        role="diagnostic",
        options={
            "a": "Hide the small numbers alone",
            "b": "Round every number to the nearest 5",
            "c": "Merge the columns with few people in them",
            "d": "Leave out the wards with small numbers",
        },
        answer="c",
        misconceptions=[
            Misconception(
                "blanking-is-enough",
                "Blanking the small numbers is being taken for enough.",
                "The totals put them back. And it leaves holes.",
                gives="a",
            ),
            Misconception(
                "rounding-fits-all",
                "Rounding is being used where exact numbers are needed.",
                "It leaves no holes, but nothing in the table is exact any more.",
                gives="b",
            ),
            Misconception(
                "leave-out-the-small",
                "Wards are being dropped to make the trouble go away.",
                "Their totals may be known already. And the people who live there vanish from the picture.",
                gives="d",
            ),
        ],
        hints=["Which way leaves no holes and keeps exact numbers?"],
        praise="That is right. Merged numbers are exact, and there are no holes.",
    ),
    confidence("confidence_so_far", "How sure are you of your last two answers?"),
    Number(
        "attack",
        "**Task 1.** How many people in Perivale had the outcome “Declined”? Work it out from the published table.",
        role="task",
        points=2,
        unit="people",
        code=True,
        answer=1,
        misconceptions=[
            Misconception(
                "rest-of-the-row",
                "You have found what the blanks add up to together.",
                "That is a good start: it is the sum of several hidden numbers. Find out the others in the same column first.",
                gives=7,
            ),
            Misconception(
                "one-ward-forgotten",
                "One of the other two wards has not been taken off.",
                "Both other wards have a blank in that column, and both can be worked out from their rows.",
                gives=4,
            ),
            Misconception(
                "another-blank",
                "This is another of the blanks.",
                "It is the number for one of the other two wards, or for another column. Take both other wards off the "
                "column's total.",
                gives=3,
            ),
            Misconception(
                "last-step-left",
                "This is what the other two wards hide in that column together.",
                "You are nearly there. Take it off the column's total.",
                gives=6,
            ),
            Misconception(
                "blank-means-zero",
                "A blank has been taken for nought.",
                "`[c]` hides a number of people. Nobody would need to hide a nought.",
                gives=0,
            ),
            Misconception(
                "any-small-number",
                "The number has been guessed from the rule.",
                "It is from 1 to 4, but the totals tell you more: they give the exact number.",
                gives=2,
            ),
        ],
        hints=[
            "Do not start in Perivale. Which rows have a single blank?",
            "In the two other rows, take everything that is shown off the row's total. What is left is that ward's blank.",
            "Now go down the column Declined: take the two numbers you found off the column's total.",
        ],
        praise="That is right: one person. Three blanks in a row did not protect them.",
    ),
    SafeTable(
        "safe_table",
        "**Task 2.** Make the table safe. Tick the numbers to hide. (Or give a safe table by code.)",
        role="task",
        points=2,
        partial=False,  # a table is safe or it is not
        code=True,
        options={f"{ward} / {outcome}": f"{ward}, {outcome}: {TRUE[ward, outcome]}" for ward, outcome in TRUE},
        checks=[
            check("small-number-shown", "A number from 1 to 4 is still shown.", no_small_number),
            check("number-not-true", "A number in the table is neither true nor rounded.", is_true),
            check("total-changed", "A total has been changed.", totals_stay),
            check("worked-out", "The totals give a small number away.", cannot_be_worked_out),
            check("too-little-left", "Too little is left to read.", enough_is_left),
            check(
                "star",
                "Mark what is hidden with [c], not with an asterisk.",
                lambda table: not table.starred,
                visible=True,
                detail="Screen readers struggle with an asterisk.",
            ),
        ],
        misconceptions=[
            Misconception(
                "blanking-is-enough",
                "The small numbers have been blanked, and nothing else.",
                "Take a pencil to the row for Lady Margaret: one blank, and a total. What can you work out?",
                when=lambda table: table.hidden == SMALL and is_true(table) is True,
            ),
            Misconception(
                "rounds-the-small",
                "Only some numbers have been rounded or changed.",
                "The exact numbers beside them and the totals put them right again. Round every number, or none.",
                when=lambda table: (
                    is_true(table) is not True
                    and all(rounds(cells, number) for cells, number in table.wrong)
                    and any(not rounds(cells, number) for cells, number in table.numbers)
                    and any(cells <= SMALL for cells, number in table.wrong)
                    and not all(number == 0 and not cells <= SMALL for cells, number in table.wrong)
                ),
            ),
            Misconception(
                "nought-for-hidden",
                "Noughts stand where numbers are hidden.",
                "A nought says that there was nobody, and that is not true. Write `[c]`.",
                when=lambda table: bool(table.wrong) and not any(number for cells, number in table.wrong),
            ),
            Misconception(
                "totals-of-rounded",
                "The totals have been added up from rounded numbers.",
                "Readers know the true ones. Leave them as they are, or round each by itself.",
                when=lambda table: table.rounded and totals_stay(table) is not True,
            ),
            Misconception(
                "hide-nearly-all",
                "Nearly everything has been hidden.",
                "It may be safe, but the committee cannot use it. A few numbers in the right places do the same.",
                when=lambda table: no_small_number(table) is True and len(table.numbers) < LEAST_SHOWN,
            ),
            Misconception(
                "rows-only",
                "Along the rows the pencil gets stuck; down the columns it does not.",
                "Look for a column with a single blank. Its total gives the blank back.",
                when=lambda table: (
                    table.hidden >= SMALL and not single_in(table, 0) and single_in(table, 1) and is_true(table) is True
                ),
            ),
            Misconception(
                "columns-only",
                "Down the columns the pencil gets stuck; along the rows it does not.",
                "Look for a row with a single blank. Its total gives the blank back.",
                when=lambda table: (
                    table.hidden >= SMALL and single_in(table, 0) and not single_in(table, 1) and is_true(table) is True
                ),
            ),
        ],
        hints=[
            "Hide the four small numbers first. Then count the blanks in each row and in each column.",
            "A row or a column with a single blank needs a second one. One further blank can serve a row and a column at once.",
            "Three wards have a small number under Declined. In which column does one of them have another small number? "
            "Look there for the other two.",
        ],
        praise="That is right. No pencil gets through, and the table is still worth reading.",
    ),
    Text(
        "action",
        "At work: which table of people will you attack before it goes out next time? Write one sentence.",
        role="action",
        praise="Noted. Do it before a reader does.",
    ),
    Date(
        "action_date",
        "By which date will you have done it?",
        role="action",
        praise="Noted. We will ask you how it went.",
    ),
    confidence(
        "confidence_after",
        "Now: how confident are you that you could publish a table of people without giving anybody away?",
    ),
    confidence(
        "confidence_looking_back",
        "Looking back with what you know now: how confident should you have been before you started?",
    ),
    Number(
        "later_choir",
        "A music service publishes pupils by school: 31, 18, `[c]` and 22, in all 74. How many does the blank hide?",
        role="retrieval",
        unit="pupils",
        answer=74 - 31 - 18 - 22,
        misconceptions=[
            Misconception(
                "cannot-be-known",
                "A blank is being taken for nought.",
                "Take what is shown off the total. What is left?",
                gives=0,
            ),
            Misconception(
                "summed-only",
                "This is the sum of what is shown.",
                "One step more: take it off the total.",
                gives=31 + 18 + 22,
            ),
        ],
        praise="That is right. The total put it back.",
    ),
    Choice(
        "later_two_reports",
        "A hospital gives out staff absences by ward with the small numbers hidden safely. A week later it gives out the "
        "same month for the whole hospital but one ward. What is the risk?",
        role="retrieval",
        options={
            "a": "None: each table is safe by itself",
            "b": "Taking one table from the other gives the ward's own numbers",
            "c": "The second table has no small numbers, so it is fine",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "tables-stand-alone",
                "Each table is being judged by itself.",
                "Readers put tables together. What was safe alone can be undone by the next.",
                gives="a",
            ),
            Misconception(
                "large-is-safe",
                "Large numbers are being taken for safe.",
                "The difference of two large numbers can be small, and about one ward.",
                gives="c",
            ),
        ],
        praise="That is right. Think of what is out already.",
    ),
]
