"""The questions of "Ask a better question". How to write one: courses/AUTHORING.md."""

from functools import cache

from digital_council import datasets
from digital_council.courses.questions import Choice, Choices, Date, Misconception, Text, check, confidence

TABLES = {
    "data_reports": "Data: street_reports",
    "data_inspections": "Data: street_inspections",
    "data_wards": "Data: wards",
    "data_contacts": "Data: contacts",
}
FEWEST = 5  # a typical value of fewer is one person's story


def chosen(answer, part):
    """What was chosen for one of the four gaps, such as every `data_…`."""
    return {each for each in answer if each.startswith(part + "_")}


def one_of_each(answer):
    """One measure, place and period, and some data; else a sentence that says what to mend."""
    for part in ("data", "measure", "place", "period"):
        count = len(chosen(answer, part))
        if count == 0:
            return f"Nothing is chosen for the {part} yet."
        if count > 1 and part != "data":
            return f"Choose one {part}; you have {count}."
    return True


def fits(part, right):
    """A check that what was chosen for a gap is among the right ones (for data: sets of tables)."""
    wanted = [{each} if isinstance(each, str) else set(each) for each in right]
    return lambda answer: chosen(answer, part) in wanted


def any_set(data, measures, places, periods):
    """The checks of one worry: every combination of right parts passes."""
    return [
        check("one-of-each", "A part of the question is missing or double.", one_of_each, visible=True),
        check(
            "wrong-data",
            "The data you chose is not what this question needs.",
            fits("data", data),
            detail="Say what one row of each table is. Which rows are about the worry?",
        ),
        check("wrong-measure", "This measure would not settle the worry.", fits("measure", measures)),
        check("wrong-place", "This place would not settle the worry.", fits("place", places)),
        check("wrong-period", "This period would not settle the worry.", fits("period", periods)),
    ]


def more_data(*useful):
    """The mistake of adding tables that the question does not use."""
    return Misconception(
        "more-data",
        "Data has been added that the question does not use.",
        "More data does not answer a question better. Each extra table is more to read, to check and to explain. Keep the "
        "tables whose rows or columns the measure is worked out from.",
        when=lambda answer: bool(chosen(answer, "data") - set(useful)) and set(useful) & set(answer) != set(),
    )


@cache
def closed_potholes():
    """The closed reports of potholes in the Southall wards."""
    reports = datasets.open("street_reports").merge(datasets.open("wards")[["ward_id", "town"]], on="ward_id")
    return reports[(reports["category"] == "Pothole") & (reports["town"] == "Southall") & reports["closed_on"].notna()]


def fewest_left(answer):
    """How many closed potholes the smallest group has, when Southall is cut as the answer says."""
    holes = closed_potholes()
    months = holes["reported_on"].dt.month
    cuts = {
        "period_quarters": (months - 1) // 3,
        "period_halves": months.between(4, 9),
        "period_months": months,
    }
    by = [cuts[each] for each in answer if each in cuts]
    by += [holes["ward_name"].astype(str)] if "place_each_southall" in answer else []
    return int(holes.groupby(by).size().min()) if by else len(holes)


def enough_left(answer):
    left = fewest_left(answer)
    if left >= FEWEST:
        return True
    return f"In the smallest group {left} closed report{'' if left == 1 else 's'} would be left to speak for it."


QUESTIONS = [
    confidence(
        "confidence_before",
        "Before you start: how confident are you that you could turn a worry into a question that data can answer?",
    ),
    Choice(
        "predict_rows",
        "The councillor's question is about fly-tipping in one ward of 24. The file has 5,677 reports of all kinds. Before "
        "you look: how many of them does the answer need?",
        role="predict",
        options={"a": "All of them", "b": "Several hundred", "c": "Fewer than 100"},
        praise="Thank you. Keep your prediction in mind: the next part shows how many.",
    ),
    Choice(
        "can_be_answered",
        "Which of these can be answered from the file of reports as it stands?",
        role="diagnostic",
        options={
            "a": "Are our streets clean enough?",
            "b": "How many reports of graffiti came in for each ward from January to March 2026?",
            "c": "What does all the data say about our streets?",
            "d": "Will there be less fly-tipping next year?",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "enough-is-a-number",
                "A judgement is being taken for a measurement.",
                "The file can say how many reports there were. What is clean enough is for people to decide. Agree a "
                "standard first; then data can say whether it is met.",
                gives="a",
            ),
            Misconception(
                "data-speaks",
                "All the data is being expected to say something by itself.",
                "This question has no measure, no place and no period. A file answers what it is asked, and nothing "
                "has been asked of it yet.",
                gives="c",
            ),
            Misconception(
                "data-knows-the-future",
                "A file about last year is being asked about next year.",
                "It can show what was reported up to March 2026. A forecast needs more years, and reasons why they should "
                "go on in the same way.",
                gives="d",
            ),
        ],
        hints=["For which of them could you name the data, the measure, the place and the period?"],
        praise="That is right: a measure, places and a period, all of them in the file.",
    ),
    Choice(
        "more_years",
        'Residents say: "We do not feel safe at the bus station after dark." A colleague suggests: "Let us get ten years of '
        'street reports. Then we will know." What is the best reply?',
        role="diagnostic",
        options={
            "a": "Yes. The more rows we have, the surer we can be",
            "b": "No row of that file is about feeling safe. Let us ask people who use the bus station",
            "c": "Yes, if we add the inspections and the table of wards as well",
            "d": "No. How people feel can never be counted",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "more-rows",
                "More rows of the wrong sort are being expected to give the answer.",
                "Ten years of reports are ten times as many rows about bins, lamps and potholes. None of them says how "
                "safe anybody felt.",
                gives="a",
            ),
            Misconception(
                "more-tables",
                "More tables are being expected to fill the gap.",
                "Inspections are about defects, and the wards table is about how many people live where. Three tables "
                "that leave a thing out still leave it out.",
                gives="c",
            ),
            Misconception(
                "feelings-cannot-count",
                "Feelings are being left out because they are feelings.",
                "You can ask. The share of people who say that they feel safe, asked in the same way each spring, is "
                "a measure like any other.",
                gives="d",
            ),
        ],
        hints=["What is one row of the file of reports about?"],
        praise="That is right. When no row is about the thing, go and get the few rows that are.",
    ),
    confidence("confidence_so_far", "How sure are you of your last two answers?"),
    Choices(
        "slow_potholes",
        '**Task 1.** "In Southall it takes longer and longer until a reported pothole is dealt with." Which data would '
        "settle it, with which one measure, one place and one period?",
        role="task",
        points=2,
        options=TABLES
        | {
            "measure_days": "Measure: typical number of days from report to closing, for potholes",
            "measure_share": "Measure: share of potholes closed within ten days of the report",
            "measure_count": "Measure: number of reports of potholes",
            "measure_open": "Measure: number of potholes still open on the last day",
            "place_southall": "Place: the six Southall wards taken together",
            "place_each_southall": "Place: each of the six Southall wards by itself",
            "place_borough": "Place: the whole borough taken together",
            "period_quarters": "Period: each quarter of the year to March 2026",
            "period_halves": "Period: the first and the second half of that year",
            "period_months": "Period: each month of that year",
            "period_march": "Period: March 2026 alone",
        },
        checks=[
            *any_set(
                data=[["data_reports"], ["data_reports", "data_wards"]],
                measures=["measure_days", "measure_share"],
                places=["place_southall", "place_each_southall"],
                periods=["period_quarters", "period_halves", "period_months"],
            ),
            check("too-few-left", "The rows have been cut so finely that too few are left.", enough_left),
        ],
        misconceptions=[
            more_data("data_reports", "data_wards"),
            Misconception(
                "number-for-speed",
                "How many is being taken for how fast.",
                "The worry is about waiting. A count says how much work came in, or how much is left. It does not say how "
                "long anybody waited.",
                when=lambda answer: bool({"measure_count", "measure_open"} & set(answer)),
            ),
            Misconception(
                "nothing-to-compare",
                "There is nothing to compare with.",
                '"Longer and longer" is about change. One month by itself cannot show change.',
                when=lambda answer: "period_march" in answer,
            ),
            Misconception(
                "borough-for-southall",
                "The borough is being asked to speak for one town.",
                "If waiting grew in one town and shrank in others, the borough's figure might not move at all.",
                when=lambda answer: "place_borough" in answer,
            ),
        ],
        hints=[
            "Which table has both the day something was reported and the day it was closed?",
            '"Takes longer" is about days. "Longer and longer" is about one time compared with another. Look for both.',
            "The year has only 82 closed reports of potholes for all six wards. Cut them into few groups, so that each group "
            "keeps enough of them.",
        ],
        praise="That is right: it can be answered. Count the reports that are still open beside it; they have no days yet.",
    ),
    Choices(
        "state_of_streets",
        '**Task 2.** "The streets in Northolt are in a worse state than the streets in Ealing town." Which data would '
        "settle it, with which one measure, one place and one period?",
        role="task",
        points=2,
        options=TABLES
        | {
            "measure_reports": "Measure: number of reports from residents",
            "measure_defects": "Measure: number of defects that inspectors found",
            "measure_defects_km": "Measure: defects that inspectors found for each kilometre walked",
            "measure_open": "Measure: share of reports that are still open",
            "place_two_towns": "Place: the wards of Northolt beside the wards of Ealing town",
            "place_each_ward": "Place: each of the 24 wards, with its town",
            "place_northolt": "Place: the wards of Northolt alone",
            "period_year": "Period: the year to March 2026",
            "period_quarter": "Period: January to March 2026",
            "period_ten_years": "Period: the last ten years",
        },
        checks=any_set(
            data=[["data_inspections"], ["data_inspections", "data_wards"]],
            measures=["measure_defects_km"],
            places=["place_two_towns", "place_each_ward"],
            periods=["period_year", "period_quarter"],
        ),
        misconceptions=[
            Misconception(
                "reports-are-streets",
                "What residents report is being taken for the state of the streets.",
                "A street can be broken and nobody reports it. Reports show who told us. To know the state of streets, "
                "choose the table made by people who went and looked.",
                when=lambda answer: (
                    bool({"measure_reports", "measure_open"} & set(answer))
                    or chosen(answer, "data") in ({"data_reports"}, {"data_reports", "data_wards"})
                ),
            ),
            more_data("data_inspections", "data_wards"),
            Misconception(
                "more-walked-more-found",
                "A total is being compared where different lengths of street were walked.",
                "In Ealing town inspectors walked over three times as far as in Northolt. Who walks further finds more. "
                "Look for a measure that takes the distance out.",
                when=lambda answer: "measure_defects" in answer,
            ),
            Misconception(
                "no-second-place",
                "There is nothing to compare with.",
                '"Worse than" needs both places.',
                when=lambda answer: "place_northolt" in answer,
            ),
            Misconception(
                "data-not-held",
                "The period asks for data that is not there.",
                "The inspections cover one year. A longer period sounds stronger, but the table cannot answer it.",
                when=lambda answer: "period_ten_years" in answer,
            ),
        ],
        hints=[
            "Who knows what state a street is in: those who report, or those who go and look?",
            "Is the measure fair when one town has many more streets than the other?",
            "Find the two columns that inspectors fill in. Divide one by the other. Then check that both towns are in it.",
        ],
        praise="That is right: it can be answered, and fairly.",
    ),
    Choices(
        "quiet_wards",
        '**Task 3.** "For their size, some wards hardly ever tell us anything. Which ones?" Which data would '
        "settle it, with which one measure, one place and one period?",
        role="task",
        points=2,
        options=TABLES
        | {
            "measure_count": "Measure: number of reports",
            "measure_rate": "Measure: reports for every 1,000 residents",
            "measure_people_rate": "Measure: people who reported, for every 1,000 residents",
            "measure_defects_km": "Measure: defects that inspectors found for each kilometre walked",
            "place_each_ward": "Place: each of the 24 wards",
            "place_towns": "Place: each of the seven towns",
            "place_lowest": "Place: the ward with the fewest reports alone",
            "period_year": "Period: the year to March 2026",
            "period_halves": "Period: the first and the second half of that year",
            "period_week": "Period: one week in August 2025",
            "period_ten_years": "Period: the last ten years",
        },
        checks=any_set(
            data=[["data_reports", "data_wards"]],
            measures=["measure_rate", "measure_people_rate"],
            places=["place_each_ward"],
            periods=["period_year", "period_halves"],
        ),
        misconceptions=[
            more_data("data_reports", "data_wards"),
            Misconception(
                "count-for-rate",
                "A count is being compared between wards of different sizes.",
                "The largest ward has over half as many people again as the smallest. A small ward can have few reports and "
                "still tell us a good deal, for its size.",
                when=lambda answer: "measure_count" in answer,
            ),
            Misconception(
                "residents-missing",
                "One of the tables is missing.",
                "The measure divides one number by another. Each has to come from somewhere: see which table has which.",
                when=lambda answer: (
                    bool({"measure_rate", "measure_people_rate"} & set(answer))
                    and not {"data_reports", "data_wards"} <= set(answer)
                ),
            ),
            Misconception(
                "towns-hide-wards",
                "Towns are being asked about wards.",
                "A town is several wards added up. A silent ward beside a busy one cannot be seen in the total.",
                when=lambda answer: "place_towns" in answer,
            ),
            Misconception(
                "answer-before-question",
                "The answer has been put into the question.",
                "To find the quiet wards you have to look at all of them. And few reports is not the same as few for "
                "its size.",
                when=lambda answer: "place_lowest" in answer,
            ),
            Misconception(
                "week-too-short",
                "A week is too short.",
                "Some wards have one or two reports in a week. One person on holiday would change the answer.",
                when=lambda answer: "period_week" in answer,
            ),
            Misconception(
                "data-not-held",
                "The period asks for data that is not there.",
                "The reports cover one year. Ten years sound stronger, but the table cannot answer it.",
                when=lambda answer: "period_ten_years" in answer,
            ),
        ],
        hints=[
            '"Tell us" is about reports. "For their size" is about residents. Where does each number come from?',
            'A measure that is fair to small wards has the words "for every" in it.',
            "You do not know yet which wards are quiet, so leave none of them out. And give them time to speak.",
        ],
        praise="That is right. It takes two tables, and neither of them alone would do.",
    ),
    Text(
        "action",
        "At work: take one worry that you heard this month. Write it as a question, with a measure, a place and a period. If "
        "you know which data would answer it, add that.",
        role="action",
        praise="Noted. Read it to the person who has the worry: is that what they meant?",
    ),
    Date(
        "action_date",
        "By which date will you have put that question to somebody who can answer it?",
        role="action",
        praise="Noted. We will ask you how it went.",
    ),
    confidence(
        "confidence_after",
        "Now: how confident are you that you could turn a worry into a question that data can answer?",
    ),
    confidence(
        "confidence_looking_back",
        "Looking back with what you know now: how confident should you have been before you started?",
    ),
    Choice(
        "later_saturday",
        'A branch manager says: "Nobody comes on Saturdays any more." Which question would settle it?',
        role="retrieval",
        options={
            "a": "What do the library's figures show?",
            "b": "How many visits were there on Saturdays in each month of this year and of last year?",
            "c": "How many visits were there last Saturday?",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "no-measure",
                "The question has no measure, no place and no period.",
                "Two people who went to look would come back with different answers.",
                gives="a",
            ),
            Misconception(
                "nothing-to-compare",
                "There is nothing to compare with.",
                '"Any more" is about change. One Saturday cannot show change.',
                gives="c",
            ),
        ],
        praise="That is right: a measure, a period, and something to compare with.",
    ),
    Choice(
        "later_badges",
        "You want to know why applications for parking badges are sent back to people. The register holds the date and the "
        "result of each application, but no reason. What helps most?",
        role="retrieval",
        options={
            "a": "Five more years of the register",
            "b": "A short note of the reason for the next 100 that are sent back",
            "c": "The register together with the contacts to the call centre",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "more-rows",
                "More rows without the reason are being expected to give the reason.",
                "Five years of dates and results are still dates and results.",
                gives="a",
            ),
            Misconception(
                "more-tables",
                "Another table is being expected to hold what nobody wrote down.",
                "Ask first which rows, anywhere, are about the reason. If none are, start to note it.",
                gives="c",
            ),
        ],
        praise="That is right. A hundred rows about the thing beat thousands that are not.",
    ),
]
