"""The questions of "Report counts and reality". How to write one: courses/AUTHORING.md."""

import contextlib

from digital_council import datasets
from digital_council.courses.questions import (
    Choice,
    Date,
    Function,
    Misconception,
    Number,
    Table,
    Text,
    confidence,
)

THREE = ("Pitshanger", "East Acton", "Southall Broadway")
NEAR = 0.05  # one decimal place is enough


def reports():
    return datasets.open("street_reports")


def counts(rows):
    """Reports and people in some rows."""
    return len(rows), rows["user_id"].nunique()


def app():
    rows = reports()
    return counts(rows[rows["channel"] == "app"])


def other_channels():
    """Reports per user of each channel but the app."""
    rows = reports()
    others = rows[rows["channel"] != "app"].groupby("channel", observed=True)["user_id"]
    return [len(users) / users.nunique() for _, users in others]


def wards():
    """For each of the three wards: reports, people, kilometres walked, defects found."""
    told = (
        reports().groupby("ward_name", observed=True).agg(reports=("report_id", "count"), people=("user_id", "nunique"))
    )
    walked = datasets.open("street_inspections").groupby("ward_name", observed=True)[["street_km", "defects"]].sum()
    return told.join(walked).loc[list(THREE)].to_dict("index")


def table(per_user, per_km):
    """An answer for the three wards, worked out by two functions of a ward's figures."""
    return [
        {"ward": ward, "reports_per_user": per_user(row), "defects_per_km": per_km(row)}
        for ward, row in wards().items()
    ]


def right_per_user(row):
    return row["reports"] / row["people"]


def right_per_km(row):
    return row["defects"] / row["street_km"]


def cells(rows):
    """Each number given for a ward, with the ward's figures and the column's name."""
    known = {ward.casefold(): figures for ward, figures in wards().items()}
    for row in rows:
        for rate in ("reports_per_user", "defects_per_km"):
            with contextlib.suppress(TypeError, ValueError, KeyError):
                yield float(row.get(rate)), known[str(row["ward"]).strip().casefold()], rate


def any_upside_down(rows):
    right = {"reports_per_user": right_per_user, "defects_per_km": right_per_km}
    return any(number < 1 and abs(number - 1 / right[rate](row)) <= NEAR for number, row, rate in cells(rows))


def mixes_sources(rows):
    """True where three wards' numbers are a division of a figure of residents by one of inspectors, or the other way."""
    pairs = [("reports", "defects"), ("defects", "people"), ("reports", "street_km"), ("people", "street_km")]
    pairs += [(under, over) for over, under in pairs]
    return any(
        sum(abs(number - row[over] / row[under]) <= NEAR for number, row, each in cells(rows) if each == rate) == 3
        for over, under in pairs
        for rate in ("reports_per_user", "defects_per_km")
    )


def lists_of_users(rng):
    """New lists of codes: a few people who report often among many who report once."""
    for _ in range(6):
        people = [f"U{number}" for number in rng.integers(10, 99, size=int(rng.integers(2, 12)))]
        yield [[*people, *[people[0]] * int(rng.integers(1, 30))]]


QUESTIONS = [
    confidence(
        "confidence_before",
        "Before you start: how confident are you that you could say what a count of reports proves, and what it does not?",
    ),
    Choice(
        "predict_defects",
        "Inspectors walked streets chosen at random in both wards. Before you look: where, would you say, did they find more "
        "defects for each kilometre?",
        role="predict",
        options={"a": "In Pitshanger", "b": "About the same in both", "c": "In Southall Broadway"},
        praise="Thank you. You will soon see.",
    ),
    Choice(
        "nine_times",
        "We had nine times as many reports about Pitshanger as about Southall Broadway. What does that count say by itself?",
        role="diagnostic",
        options={
            "a": "The streets of Pitshanger are about nine times as bad",
            "b": "We were told about Pitshanger nine times as often",
            "c": "Nine times as many people in Pitshanger have told us something",
            "d": "People in Southall Broadway are content with their streets",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "most-is-worst",
                "The most reports are being taken for the worst streets.",
                "Between a broken street and a report stands a person who saw it, knew where to tell us, and had the time. "
                "The count cannot tell streets from people.",
                gives="a",
            ),
            Misconception(
                "reports-are-people",
                "Reports are being counted as people.",
                "One person can send many reports. How many people stand behind a count has to be counted apart.",
                gives="c",
            ),
            Misconception(
                "silence-is-content",
                "Silence is being taken for contentment.",
                "Some who do not report have nothing to report. Others do not know how, have no time, or have given up. "
                "The count looks the same.",
                gives="d",
            ),
        ],
        hints=["What has to happen before a count of reports goes up by one?"],
        praise="That is right. It counts what we were told.",
    ),
    Choice(
        "close_the_line",
        '"By app we get 2,963 reports and by phone 1,073. So nearly three times as many residents choose the app. We can close '
        'the phone line." What does the table say to that?',
        role="diagnostic",
        options={
            "a": "It supports it: nearly three times as many residents use the app",
            "b": "In people the two are close. Those who use the app report more often each",
            "c": "Reports by app should count less, since they are about small things",
            "d": "People who report by app more than once are making mistakes, so their extra reports should go",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "reports-are-people",
                "Reports are being counted as people.",
                "Look at the second column of numbers. How many people used each of the two?",
                gives="a",
            ),
            Misconception(
                "channel-says-how-bad",
                "The channel is being taken for a measure of how bad the problem is.",
                "The table has no such measure. A pothole reported by app is as deep as one reported by phone.",
                gives="c",
            ),
            Misconception(
                "often-is-mistake",
                "Reporting often is being taken for a mistake.",
                "Each report may be about a different lamp or bin. Count people where the question is about people. Leave "
                "the reports as they are.",
                gives="d",
            ),
        ],
        hints=["The sentence is about residents. Which column counts them?"],
        praise="That is right: 1,221 people by app and 1,005 by phone.",
    ),
    confidence("confidence_so_far", "How sure are you of your last two answers?"),
    Number(
        "app_reports_per_user",
        "**Task 1.** How many reports per user came by app? One decimal place is enough.",
        role="task",
        points=2,
        unit="reports per user",
        tolerance=NEAR,
        code=True,
        answer=lambda: app()[0] / app()[1],
        misconceptions=[
            Misconception(
                "upside-down",
                "The division is upside down.",
                "You have worked out people for each report. It is less than one, and nobody who reports sends less than "
                "one report.",
                gives=lambda: app()[1] / app()[0],
            ),
            Misconception(
                "count-for-rate",
                "A count has been given, and not divided.",
                "How many reports there were, or how many people, does not say how often one person reports.",
                when=lambda number: number in app(),
            ),
            Misconception(
                "whole-numbers",
                "The result has been rounded too far.",
                "One decimal place is what tells channels apart here: most of them lie between one and two and a half.",
                when=lambda number: number == round(app()[0] / app()[1]),
            ),
            Misconception(
                "middle-person",
                "The person in the middle has been taken.",
                "Half of the people report once, and the middle one does not show those who report often. Divide all the "
                "reports by all the people.",
                when=lambda number: number == 1,
            ),
            Misconception(
                "other-channel",
                "The row of another channel has been taken.",
                "The division is right, for another row. Look for the app in the first column.",
                when=lambda number: any(abs(number - rate) < 0.006 for rate in other_channels()),
            ),
            Misconception(
                "all-the-people",
                "The people of all channels are in the division.",
                "Many of them never used the app. Take the people who did.",
                gives=lambda: app()[0] / counts(reports())[1],
            ),
            Misconception(
                "all-channels",
                "All channels have been taken together.",
                "The question is about the app alone.",
                gives=lambda: counts(reports())[0] / counts(reports())[1],
            ),
            Misconception(
                "people-added-up",
                "The people of the five channels have been added up.",
                "Somebody who uses two channels is in both rows, so the sum counts them twice. And the question is about the "
                "app alone.",
                gives=lambda: app()[0] / reports().groupby("channel", observed=True)["user_id"].nunique().sum(),
            ),
            Misconception(
                "share-for-rate",
                "A share of all reports has been given.",
                "You have worked out which part of the reports came by app. Divide by people instead.",
                gives=lambda: app()[0] / counts(reports())[0],
            ),
        ],
        hints=[
            "Find the row of the app in the table by channel.",
            "It is worked out as in the example of the website: reports first, then ÷, then people.",
            "Divide 2,963 by 1,221. The result lies between two and three.",
        ],
        praise="That is right. On the website it is little more than one, and here it is over two: a few people use the app a lot.",
    ),
    Table(
        "three_wards",
        "**Task 2.** Work out for each of the three wards: reports per user, and defects per kilometre. One decimal place is "
        "enough.",
        role="task",
        points=2,
        code=True,
        columns={"ward": "Ward", "reports_per_user": "Reports per user", "defects_per_km": "Defects per kilometre"},
        keys=["ward"],
        rows=THREE,
        partial=False,  # the advice compares all three wards
        others=True,  # whoever works out every ward in code has these three too
        tolerance=NEAR,
        answer=lambda: table(right_per_user, right_per_km),
        misconceptions=[
            Misconception(
                "counts-for-rates",
                "Counts have been given where rates are asked for.",
                "In one ward inspectors walked further than in another, and more people report in one than in another. "
                "Divide, so that the wards can be compared.",
                gives=lambda: table(lambda row: row["reports"], lambda row: row["defects"]),
            ),
            Misconception(
                "reports-for-defects",
                "Reports stand where defects should.",
                "Reports per kilometre is once more a count of what we were told. The inspectors' finds are in the last "
                "column.",
                gives=lambda: table(right_per_user, lambda row: row["reports"] / row["street_km"]),
            ),
            Misconception(
                "mixed-sources",
                "Numbers from two sources are mixed in one division.",
                "Users send reports, and inspectors find defects on kilometres. Divide within each pair.",
                when=mixes_sources,
            ),
            Misconception(
                "columns-swapped",
                "The two columns have changed places.",
                "The numbers are right, each in the other's place. Reports per user come from reports and people.",
                gives=lambda: table(right_per_km, right_per_user),
            ),
            Misconception(
                "whole-numbers",
                "The numbers have been rounded too far.",
                "In whole numbers two of the wards have the same reports per user. Keep one decimal place.",
                gives=lambda: table(lambda row: round(right_per_user(row)), lambda row: round(right_per_km(row))),
            ),
            Misconception(
                "upside-down",
                "A division is upside down.",
                "Per user means: for one user. So the people are what you divide by. Per kilometre is worked out in the "
                "same way.",
                when=any_upside_down,
            ),
        ],
        hints=[
            "There are two divisions for each ward. All the numbers are in the table above.",
            "Per user: divide reports by people. Per kilometre: divide defects by street_km.",
            "For East Acton the first is 231 ÷ 160 and the second is 143 ÷ 30.5. Do the same for the other two.",
        ],
        praise="That is right. As one column goes down, the other goes up.",
    ),
    Choice(
        "claim",
        "**Task 3.** Which sentence may go into your advice, because the data supports it?",
        role="task",
        points=2,
        options={
            "a": "The streets of Pitshanger are in the worst state: most reports are about them.",
            "b": "Of the three, Pitshanger has the most reports and Southall Broadway the most defects per kilometre.",
            "c": "Residents of Southall Broadway are content with their streets: they hardly report anything.",
            "d": "Reports tell us nothing, so we should listen to inspectors alone.",
            "e": "If a few people did not report so much, the two wards would have about as many reports.",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "most-is-worst",
                "The most reports are being taken for the worst streets.",
                "Inspectors found fewer defects for each kilometre in Pitshanger than in either of the other two wards. The "
                "count shows where people tell us things.",
                gives="a",
            ),
            Misconception(
                "silence-is-content",
                "Silence is being taken for contentment.",
                "Inspectors found a good deal to mend there. No table here says what residents think who did not "
                "report. To know, ask them.",
                gives="c",
            ),
            Misconception(
                "reports-are-worthless",
                "Reports are being thrown out because they do not count streets.",
                "Each report is a thing that somebody saw, with a place and a day. That is what we mend from. They only "
                "cannot say which ward is worst.",
                gives="d",
            ),
            Misconception(
                "a-few-explain-it-all",
                "A few people are being made to explain the whole difference.",
                "They explain a part. Without the ten most active people, Pitshanger would still have about four times as many "
                "reports as Southall Broadway, from many more people.",
                gives="e",
            ),
        ],
        hints=[
            "Take one sentence after another. Which numbers would it need, and do you have them?",
            "Some sentences say why people report, or what they feel. Is there a column for that?",
            "Look for the sentence that says only what was counted, and by whom.",
        ],
        praise="That is right. It says what each source counted, and leaves the decision to people who now know.",
    ),
    Function(
        "reports_per_user",
        "**Extra, not marked.** Write a function that takes a list with the user of each report, such as "
        '`["U1", "U1", "U2"]`, and gives the reports per user, here 1.5.',
        role="task",
        answer=lambda users: len(users) / len(set(users)),
        examples=[[["U1", "U1", "U2"]], [["U7"]], [["U4", "U5", "U4", "U4"]]],
        inputs=lists_of_users,
        tolerance=0.0501,  # one decimal place is enough here too
        misconceptions=[
            Misconception(
                "upside-down",
                "The division is upside down.",
                "It gives people for each report. Turn it round.",
                gives=lambda users: len(set(users)) / len(users),
            ),
            Misconception(
                "reports-are-people",
                "Each report is being counted as a new person.",
                "A user who comes up again is the same person. Count the different users.",
                gives=lambda users: len(users) / len(users),
            ),
            Misconception(
                "count-for-rate",
                "The reports have been counted, and not divided.",
                "Divide by the number of different people.",
                gives=lambda users: len(users),
            ),
            Misconception(
                "whole-numbers",
                "The result has lost what comes after the point.",
                "The sign `//` divides into whole numbers. Use `/`.",
                gives=lambda users: len(users) // len(set(users)),
            ),
        ],
        hints=[
            "You need two numbers: how long the list is, and how many different users it has.",
            "`len` gives the length of a list. `set` keeps each user once.",
            "Put both together with `/`, and return the result.",
        ],
        praise="That is right, also on lists that you have not seen.",
    ),
    Text(
        "action",
        "At work: name one count that your team reports or receives. What has to happen before it goes up by one? What could "
        "you set beside it?",
        role="action",
        praise="Noted. Put that sentence beside the number.",
    ),
    Date(
        "action_date",
        "By which date will you have put it beside the number?",
        role="action",
        praise="Noted. We will ask you how it went.",
    ),
    confidence(
        "confidence_after",
        "Now: how confident are you that you could say what a count of reports proves, and what it does not?",
    ),
    confidence(
        "confidence_looking_back",
        "Looking back with what you know now: how confident should you have been before you started?",
    ),
    Choice(
        "later_noise",
        "Mill Street: 40 complaints about noise, from 2 homes. Dock Street: 24 complaints, from 22 homes. What may you say?",
        role="retrieval",
        options={
            "a": "Mill Street is the noisier street",
            "b": "More homes complained in Dock Street; which is noisier has to be measured",
            "c": "The complaints from Mill Street should not count",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "most-is-worst",
                "The most complaints are being taken for the most noise.",
                "The count says how often people wrote. See from how many homes.",
                gives="a",
            ),
            Misconception(
                "often-is-mistake",
                "Complaining often is being taken for a mistake.",
                "Two homes may suffer a great deal. Their complaints are real; they are two homes.",
                gives="c",
            ),
        ],
        praise="That is right.",
    ),
    Number(
        "later_suggestions",
        "A library's new page brought in 360 suggestions from 90 people. How many suggestions per user is that?",
        role="retrieval",
        tolerance=NEAR,
        answer=4,
        misconceptions=[
            Misconception(
                "upside-down",
                "The division is upside down.",
                "It is less than one, and nobody who wrote sent less than one suggestion.",
                gives=0.25,
            ),
        ],
        praise="That is right: four each, on average. A few people may have sent most of them.",
    ),
]
