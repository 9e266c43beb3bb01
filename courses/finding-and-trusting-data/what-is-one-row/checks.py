"""The questions of "What is one row?"."""

from digital_council import datasets
from digital_council.courses.questions import Choice, Choices, Classify, Date, Misconception, Number, Text, check, confidence


def spend():
    return datasets.open("spend")


def repeats(columns):
    """How many rows share their values in these columns with an earlier row."""
    return int(spend().duplicated(sorted(columns)).sum())


def tells_rows_apart(columns):
    return repeats(columns) == 0 or f"{repeats(columns):,} rows have the same values in these columns as an earlier row."


def needs_every_column(columns):
    for column in sorted(columns):
        rest = set(columns) - {column}
        if rest and repeats(rest) == 0:
            return f"The rows can still be told apart without {column}."
    return True


QUESTIONS = [
    confidence("confidence_before", "Before you start: how confident are you that you could say what one row of a table stands for?"),
    Choice(
        "predict_counts",
        "One colleague says the council made several thousand payments last year. Another, using a summary sheet, says 96. "
        "Before you look: what is the most likely reason?",
        role="predict",
        options={
            "a": "One of them has made a mistake in adding up",
            "b": "Their tables have a different thing in each row",
            "c": "The summary is out of date",
        },
        praise="Thank you. Keep your prediction in mind: the next part shows what happened.",
    ),
    Choice(
        "row_of_the_copy",
        "In the summary sheet above, what does one row stand for?",
        role="diagnostic",
        options={
            "a": "One payment",
            "b": "One supplier, with everything paid to it added up",
            "c": "One invoice from a supplier",
            "d": "One month's spending",
        },
        answer="b",
        misconceptions=[
            Misconception("total-is-payment", "A supplier's total is being read as a payment.",
                          "The sheet has one row for each supplier. The amount in it adds up many payments, so it "
                          "cannot tell you how big any one payment was.", gives="a"),
            Misconception("row-is-invoice", "The supplier's name is being read as the name on an invoice.",
                          "Each supplier appears once only, however many invoices it sent. A table of invoices would "
                          "show a busy supplier many times.", gives="c"),
            Misconception("row-is-month", "A total over time is being read as a month.",
                          "There is no month in the sheet. Each row covers the whole year for one supplier.", gives="d"),
        ],
        praise="That is right: one supplier, the whole year added up.",
        hints=["Look at the first column. How often does the same name come up in it?"],
    ),
]
