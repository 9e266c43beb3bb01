"""The questions of "What is one row?". How to write one: courses/AUTHORING.md."""

from digital_council import datasets
from digital_council.courses.questions import Choice, Choices, Classify, Date, Misconception, Text, check, confidence


def spend():
    return datasets.open("spend")


def service_sheet():
    """The copy that task 2 is about: one row for each service in each month."""
    lines = spend()
    lines["month"] = lines["payment_date"].dt.strftime("%Y-%m")
    groups = lines.groupby(["organisation_unit", "service_label", "month"], observed=True, as_index=False)
    return groups.agg(payments=("transaction_number", "count"), total=("net_amount", "sum"))


def tells_rows_apart(table):
    """A check that no two rows of a table share their values in the chosen columns."""

    def test(columns):
        repeated = int(table().duplicated(sorted(columns)).sum())
        return repeated == 0 or f"{repeated:,} rows repeat the values of an earlier row in the columns you chose."

    return test


def needs_every_column(table):
    """A check that the rows can no longer be told apart when any one column is left out."""

    def test(columns):
        for column in sorted(columns):
            rest = sorted(set(columns) - {column})
            if rest and not table().duplicated(rest).any():
                return f"Leave out {column}, and the rows can still be told apart."
        return True

    return test


QUESTIONS = [
    confidence(
        "confidence_before",
        "Before you start: how confident are you that you could say what one row of a table stands for, and prove it?",
    ),
    Choice(
        "predict_counts",
        "The website's file has 4,787 rows. The sheet for the committee has 103. Both cover the same year of spending. "
        "Before you look: what is the most likely reason?",
        role="predict",
        options={
            "a": "Someone lost rows when copying the file",
            "b": "A row stands for something different in each table",
            "c": "The two were made at different times",
        },
        praise="Thank you. Keep your prediction in mind: the next part shows what happened.",
    ),
    Choice(
        "row_of_the_sheet",
        "In the committee's sheet, what does one row stand for?",
        role="diagnostic",
        options={
            "a": "One payment",
            "b": "One name of a supplier, with everything paid under it in the year",
            "c": "One invoice from a supplier",
            "d": "One month of spending with a supplier",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "total-is-payment",
                "A supplier's total is being read as a payment.",
                "Each amount in the sheet adds up many payments. It cannot tell you how large any one payment was.",
                gives="a",
            ),
            Misconception(
                "row-is-invoice",
                "A supplier's row is being read as an invoice.",
                "Each name is in the sheet once, however many invoices came under it. In a table of invoices a busy "
                "supplier would have many rows.",
                gives="c",
            ),
            Misconception(
                "row-is-month",
                "A total for the year is being read as a total for a month.",
                "The sheet has no month in it. Each row covers the whole year.",
                gives="d",
            ),
        ],
        hints=["How often can the same name come up in the first column?"],
        praise="That is right: one name of a supplier, the whole year added up.",
    ),
    Choice(
        "four_equal_lines",
        "Four rows show £312.50 to the same supplier on the same day, for the same thing. Only the transaction number "
        "differs. What can you say from the file alone?",
        role="diagnostic",
        options={
            "a": "Three of them are mistakes and should be deleted",
            "b": "They are four payment lines, until somebody finds that one was paid twice",
            "c": "The transaction number is wrong, because equal rows should have equal numbers",
            "d": "They are one payment, so the supplier received £312.50",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "equal-means-duplicate",
                "Rows that look alike are being taken for mistakes.",
                "Four visits on one day at one price look just like this. Deleting rows that look alike would remove "
                "real spending. If in doubt, ask the service that paid.",
                gives="a",
            ),
            Misconception(
                "number-follows-values",
                "The number is being taken for a description of the row.",
                "A transaction number says nothing about what was bought. Its one job is to be different for every "
                "line, so that lines which look alike can be told apart.",
                gives="c",
            ),
            Misconception(
                "equal-means-one",
                "Four rows are being counted as one.",
                "One row is one line. Four lines of £312.50 come to £1,250.00.",
                gives="d",
            ),
        ],
        hints=["What does the description of the dataset say one row is?"],
        praise="That is right. Alike is not the same as repeated by mistake.",
    ),
    confidence("confidence_so_far", "How sure are you of your last two answers?"),
    Choices(
        "key_columns",
        "**Task 1.** In the published file, which column or columns tell every row from every other? Choose as few as "
        "will do it.",
        role="task",
        points=2,
        code=True,
        options={
            "transaction_number": "transaction_number",
            "payment_date": "payment_date",
            "supplier_id": "supplier_id",
            "supplier_name": "supplier_name",
            "service_label": "service_label",
            "organisation_unit": "organisation_unit",
            "expenditure_category": "expenditure_category",
            "narrative": "narrative",
            "net_amount": "net_amount",
            "irrecoverable_vat": "irrecoverable_vat",
            "contract_reference": "contract_reference",
        },
        checks=[
            check("rows-repeat", "These columns do not tell every row apart.", tells_rows_apart(spend)),
            check("column-not-needed", "You do not need all of these columns.", needs_every_column(spend)),
        ],
        misconceptions=[
            Misconception(
                "supplier-is-row",
                "The supplier is being taken for the row.",
                "A supplier is paid many times in a year, so its name and number are in many rows.",
                when=lambda columns: columns <= {"supplier_id", "supplier_name"},
            ),
            Misconception(
                "looks-unique",
                "Who, when and how much look like enough, but they are not.",
                "They tell most rows apart. Then a supplier is paid the same amount twice on one day, as in the extract "
                "above, and two rows become one.",
                when=lambda columns: {"payment_date", "net_amount"} <= columns and "transaction_number" not in columns,
            ),
            Misconception(
                "more-is-safer",
                "Extra columns have been added to be on the safe side.",
                "One of your columns does the work alone. Extra columns do not make it safer: they hide which column "
                "must never repeat.",
                when=lambda columns: "transaction_number" in columns and len(columns) > 1,
            ),
        ],
        hints=[
            "Look at the four lines that are alike. In which column do they differ?",
            "Ask of each column: could two different payment lines ever have the same value here?",
            "A column that somebody counts up by one for every new line can do this alone. The file has one such column.",
        ],
        praise="That is right. That column is the key of the file: it is different in every one of the 4,787 rows.",
    ),
    Choices(
        "key_of_service_sheet",
        "**Task 2.** In the service sheet, which column or columns tell every row from every other, this year and next? "
        "Choose as few as will do it.",
        role="task",
        points=2,
        code=True,
        options={
            "organisation_unit": "organisation_unit",
            "service_label": "service_label",
            "month": "month",
            "payments": "payments",
            "total": "total",
        },
        checks=[
            check(
                "measured",
                "A number that was measured is no label.",
                lambda columns: not {"total", "payments"} & columns,
            ),
            check("rows-repeat", "These columns do not tell every row apart.", tells_rows_apart(service_sheet)),
            check("column-not-needed", "You do not need all of these columns.", needs_every_column(service_sheet)),
        ],
        misconceptions=[
            Misconception(
                "unique-by-luck",
                "An amount is being used to tell rows apart.",
                "No two totals are equal this year, but that is luck. Next year two services may spend the same. Choose "
                "the columns that say what the row is about, not what was measured.",
                when=lambda columns: bool({"total", "payments"} & columns),
            ),
            Misconception(
                "service-is-row",
                "The service alone is being taken for the row.",
                "Each service has twelve rows, one for each month. The service alone does not say which.",
                when=lambda columns: columns in ({"service_label"}, {"service_label", "organisation_unit"}),
            ),
            Misconception(
                "directorate-is-service",
                "The directorate is being taken for the service.",
                "A directorate has several services, so it has several rows in each month.",
                when=lambda columns: columns == {"organisation_unit", "month"},
            ),
            Misconception(
                "every-label",
                "All the labels have been chosen, and one of them adds nothing.",
                "Every service belongs to one directorate. Once you know the service, you know the directorate.",
                when=lambda columns: columns == {"organisation_unit", "service_label", "month"},
            ),
        ],
        hints=[
            'Say what one row is: "one … in one …". The words that fill the gaps are your columns.',
            "Columns that were added up or counted are results. Leave them out and look at the labels.",
            "Of the labels that are left, is there one you could work out from another?",
        ],
        praise="That is right: one row is one service in one month.",
    ),
    Classify(
        "enough_detail",
        "**Task 3.** For each question: is the service sheet enough, or do you need the published file?",
        role="task",
        points=2,
        items={
            "december": "Which service spent most in December?",
            "year": "How much did Parking spend in the whole year?",
            "largest": "What was the largest single payment line?",
            "suppliers": "How many suppliers did Libraries pay?",
            "average": "How much was the average payment line in Parks in May?",
            "credits": "How many lines were credits, with money coming back?",
        },
        classes={"enough": "The service sheet is enough", "file": "You need the published file"},
        answer={
            "december": "enough",
            "year": "enough",
            "largest": "file",
            "suppliers": "file",
            "average": "enough",
            "credits": "file",
        },
        misconceptions=[
            Misconception(
                "detail-comes-back",
                "The sheet is being asked for detail that was added up.",
                "Adding up cannot be undone. The sheet has one row for a service in a month, so single lines, suppliers "
                "and credits have gone from it.",
                when=lambda classes: (
                    sum(classes.get(item) == "enough" for item in ("largest", "suppliers", "credits")) >= 2
                ),
            ),
            Misconception(
                "single-line-in-total",
                "A total is being searched for a single payment.",
                "The largest total may be made of many small lines. Only the published file has the lines.",
                gives={"largest": "enough"},
            ),
            Misconception(
                "suppliers-in-total",
                "The number of payments is being taken for the number of suppliers.",
                "The sheet counts lines. One supplier can have many, so the count does not tell you how many suppliers "
                "there were.",
                gives={"suppliers": "enough"},
            ),
            Misconception(
                "credits-in-total",
                "Credits are being looked for in a total.",
                "A credit lowers the total it went into, and cannot be seen in it any more. A month may have many credits "
                "and still come out well above zero.",
                gives={"credits": "enough"},
            ),
            Misconception(
                "sheet-cannot-add",
                "The sheet can do more than you allow it.",
                "Totals can be added up further: twelve months make a year. And a total divided by its number of lines "
                "is the average line.",
                when=lambda classes: "file" in (classes.get("year"), classes.get("average"), classes.get("december")),
            ),
        ],
        hints=[
            "Say what one row of the service sheet is. Does the question ask about something smaller than that?",
            "What you can add up from whole rows, you can answer. What was inside a row before it was added up has gone.",
            "The sheet has two numbers in each row: how many lines, and what they came to. What can you work out from both?",
        ],
        praise="That is right. You know what each table can say, and what it cannot.",
    ),
    Text(
        "action",
        'At work: choose one table you use or receive. Write one sentence: "One row is …". Then name the column or '
        "columns that tell its rows apart.",
        role="action",
        praise="Noted. Put the sentence at the top of the table, where the next reader will see it.",
    ),
    Date(
        "action_date",
        "By which date will you have put that sentence beside the table?",
        role="action",
        praise="Noted. We will ask you how it went.",
    ),
    confidence(
        "confidence_after",
        "Now: how confident are you that you could say what one row of a table stands for, and prove it?",
    ),
    confidence(
        "confidence_looking_back",
        "Looking back with what you know now: how confident should you have been before you started?",
    ),
    Choice(
        "later_swimming",
        "A leisure centre sends a table with the columns centre, date, hour, activity and visits. Somebody counts its rows "
        'and says: "We had 8,760 visits." What went wrong?',
        role="retrieval",
        options={
            "a": "They counted rows, but a row is one activity in one hour, and visits is a column to add up",
            "b": "They should have removed rows that look alike first",
            "c": "Nothing: one row is one visit",
        },
        answer="a",
        misconceptions=[
            Misconception(
                "alike-rows",
                "Rows that look alike are being removed without a reason.",
                "Say first what one row is. Two rows can look alike and both be true.",
                gives="b",
            ),
            Misconception(
                "row-is-visit",
                "A row is being taken for a visit.",
                "The column visits says how many there were, so one row holds many.",
                gives="c",
            ),
        ],
        praise="That is right. Say what one row is before you count.",
    ),
    Choices(
        "later_library",
        "A library's table has one row for each branch on each day it is open. Which columns tell its rows apart? Choose "
        "as few as will do it.",
        role="retrieval",
        options={
            "branch": "Branch",
            "town": "Town of the branch",
            "date": "Date",
            "loans": "Number of loans",
            "manager": "Manager of the branch",
        },
        answer=["branch", "date"],
        misconceptions=[
            Misconception(
                "measured-column",
                "A measured number is being used to tell rows apart.",
                "Two branches can lend the same number of books on one day.",
                gives="loans",
            ),
            Misconception(
                "one-label",
                "One label alone repeats.",
                "A branch has a row for each day, and a day has a row for each branch.",
                when=lambda columns: len(columns) == 1,
            ),
        ],
        praise="That is right: one branch on one day.",
    ),
]
