"""The questions of "Percent or points". How to write one: courses/AUTHORING.md."""

from digital_council import datasets
from digital_council.courses.questions import Choice, Classify, Date, Function, Misconception, Number, Text, confidence

ROUNDING = 0.06  # one decimal place


def quarters():
    """For each quarter: how many answers went on time, how many requests there were, and the percentage."""
    log = datasets.open("foi_log")
    number = (log["received_on"].dt.month - 4) % 12 // 3 + 1
    found = log.groupby(number).agg(on_time=("on_time", "sum"), requests=("on_time", "size"))
    return found.assign(percent=100 * found["on_time"] / found["requests"])


def whole_year():
    found = quarters()
    return 100 * found["on_time"].sum() / found["requests"].sum()


def running_mean():
    """What comes of averaging each quarter with the average so far."""
    first, *others = quarters()["percent"]
    for each in others:
        first = (first + each) / 2
    return first


def points():
    """From quarter 2 to quarter 4, in percentage points; below zero, because it fell."""
    percent = quarters()["percent"]
    return percent[4] - percent[2]


def either_way(value):
    """A test: the value, given as a fall or with its sign."""
    return lambda number: abs(abs(number) - abs(value())) <= ROUNDING


def of_all(pairs):
    return 100 * sum(pair[0] for pair in pairs) / sum(pair[1] for pair in pairs)


def mean_of_percentages(pairs):
    return sum(100 * on_time / requests for on_time, requests in pairs) / len(pairs)


def years(rng):
    """Years that nobody has seen, with quarters of very different size."""
    for size in (2, 3, 4, 4):
        requests = [int(each) for each in rng.integers(20, 600, size=size)]
        yield [[[int(n * rng.uniform(0.6, 0.99)), n] for n in requests]]


QUESTIONS = [
    confidence(
        "confidence_before",
        "Before you start: how confident are you that you could combine percentages, and say a change between two of them?",
    ),
    Choice(
        "predict_half_year",
        "89% in one quarter, 94% in the next, and 91.9% for the two together. Before you look: can all three be right?",
        role="predict",
        options={
            "a": "No: halfway between 89 and 94 is 91.5",
            "b": "Yes, if quarter 2 had more requests",
            "c": "Yes, if quarter 1 had more requests",
        },
        praise="Thank you. Keep your prediction in mind: the next part shows what happened.",
    ),
    Choice(
        "two_teams",
        "One team answers 50 of 100 letters on time, which is 50%. Another answers 9 of 10, which is 90%. What is it for "
        "both teams together?",
        role="diagnostic",
        options={
            "a": "70%, halfway between 50% and 90%",
            "b": "About 54%",
            "c": "About 86%",
            "d": "It cannot be worked out, because the teams differ in size",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "mean-of-percentages",
                "The percentages have been averaged.",
                "Then 10 letters count as much as 100. Put all 110 letters into one pile, and count those on time.",
                gives="a",
            ),
            Misconception(
                "small-group-leads",
                "The small team has been given the weight of the large one.",
                "Most of the letters went to the team with 50%. So the figure for both lies close to that.",
                gives="c",
            ),
            Misconception(
                "cannot-combine",
                "Different sizes are being taken for an obstacle.",
                "They are an obstacle when all you have is percentages. Here you have the counts. Add them.",
                gives="d",
            ),
        ],
        hints=["How many letters are there in all, and how many of them went on time?"],
        praise="That is right: 59 of 110.",
    ),
    Choice(
        "satisfied",
        "In a survey 40% were satisfied last year. This year it is 50%. Which sentence is right?",
        role="diagnostic",
        options={
            "a": "Up by 10%",
            "b": "Up by 10 percentage points",
            "c": "Up by 25 percentage points",
            "d": "Up by 20%",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "points-called-percent",
                "Points are being called per cent.",
                "10% more than 40% is 44%. The step from 40% to 50% has another name.",
                gives="a",
            ),
            Misconception(
                "percent-called-points",
                "Per cent are being called points.",
                "It is 25 per cent more than before, because 10 is a quarter of 40. Points are what you get when you take "
                "one percentage from the other.",
                gives="c",
            ),
            Misconception(
                "compared-with-the-end",
                "The change is being compared with where it ended.",
                "10 is a fifth of 50. But a change is measured against where it began.",
                gives="d",
            ),
        ],
        hints=["What do you get when you take 40 from 50? What is its name?"],
        praise="That is right. It is also a quarter more people than before, if you say so in words.",
    ),
    confidence("confidence_so_far", "How sure are you of your last two answers?"),
    Number(
        "year_to_date",
        "**Task 1.** At the end of quarter 4, what is the year to date: the percentage answered on time in all four "
        "quarters? Give one decimal place, such as 85.2.",
        role="task",
        points=2,
        unit="%",
        tolerance=ROUNDING,
        code=True,
        answer=whole_year,
        misconceptions=[
            Misconception(
                "mean-of-percentages",
                "The four percentages have been averaged.",
                "Then every quarter counts the same, though one had 217 requests and another 300. Add the counts first, "
                "and divide last.",
                gives=lambda: quarters()["percent"].mean(),
            ),
            Misconception(
                "running-mean",
                "Each quarter has been averaged with the average so far.",
                "Then the last quarter counts as much as all the others together. Add the counts first, and divide last.",
                gives=running_mean,
            ),
            Misconception(
                "last-quarter",
                "That is quarter 4 alone.",
                "A year to date covers everything from April on.",
                gives=lambda: quarters()["percent"][4],
            ),
            Misconception(
                "late-for-on-time",
                "That is the share that was late.",
                "The question asks for those on time. The two add up to 100%.",
                gives=lambda: 100 - whole_year(),
            ),
            Misconception(
                "share-for-percent",
                "That is the share as a part of 1.",
                "It is right but for its form. Multiply by 100 to make it a percentage.",
                when=lambda value: abs(100 * value - whole_year()) <= 0.5,
            ),
        ],
        hints=[
            "Look at how the half year was worked out. What was added up, and what was not?",
            "You need two totals: all answers on time, and all requests.",
            "Add up the column of answers on time and that of requests. Divide the first by the second, and multiply by 100.",
        ],
        praise="That is right. You can add the next quarter in the same way, whatever its size.",
    ),
    Number(
        "points_down",
        "**Task 2.** From quarter 2 to quarter 4 the percentage on time fell. By how many percentage points? Give one "
        "decimal place.",
        role="task",
        points=2,
        unit="percentage points",
        tolerance=ROUNDING,
        code=True,
        answer=lambda: -points(),
        also=[points],
        misconceptions=[
            Misconception(
                "percent-for-points",
                "That is the fall in per cent, not in points.",
                "You have compared the fall with where it began. Points are simpler: take one percentage from the other.",
                gives=lambda: -100 * points() / quarters()["percent"][2],
                when=either_way(lambda: -100 * points() / quarters()["percent"][2]),
            ),
            Misconception(
                "share-for-points",
                "That is the fall as a part of 1.",
                "It is right but for its form. Multiply by 100 to make percentage points of it.",
                when=lambda value: abs(100 * abs(value) + points()) <= 0.5,
            ),
            Misconception(
                "percent-of-the-end",
                "The fall has been compared with where it ended.",
                "For points there is nothing to compare with: take one percentage from the other.",
                gives=lambda: -100 * points() / quarters()["percent"][4],
                when=either_way(lambda: -100 * points() / quarters()["percent"][4]),
            ),
            Misconception(
                "answers-for-points",
                "That is the fall in the number of answers.",
                "The quarters differ in size, so fewer answers on time may only mean fewer requests. Compare the "
                "percentages.",
                gives=lambda: quarters()["on_time"][2] - quarters()["on_time"][4],
                when=either_way(lambda: quarters()["on_time"][2] - quarters()["on_time"][4]),
            ),
            Misconception(
                "other-quarter",
                "That is the fall from quarter 3.",
                "The question starts from quarter 2.",
                gives=lambda: quarters()["percent"][3] - quarters()["percent"][4],
                when=either_way(lambda: quarters()["percent"][3] - quarters()["percent"][4]),
            ),
        ],
        hints=[
            "Which two numbers in the table do you need? Both are percentages.",
            "Points are what you get when you take one percentage from another. Nothing is divided.",
            "Take the percentage of quarter 4 from that of quarter 2, 94.0.",
        ],
        praise="That is right. Say the word points, and nobody can mistake it.",
    ),
    Classify(
        "true_sentences",
        "**Task 3.** A colleague has drafted six sentences for the report. Which are right?",
        role="task",
        points=2,
        items={
            "points": "From quarter 3 to quarter 4, the share on time fell by 2.6 percentage points.",
            "percent": "From quarter 1 to quarter 3, the share on time rose by 3.1 per cent.",
            "late": "From quarter 3 to quarter 4, late answers rose by 40 per cent, from 20 to 28.",
            "back": "If late answers go back from 28 to 20 next year, that will be a fall of 40 per cent.",
            "nine": "From April to December 91.7 per cent went on time, the mean of the three quarters.",
            "third": "The share on time in quarter 3 was 2.0 percentage points lower than in quarter 2.",
        },
        classes={"right": "Right", "wrong": "Wrong"},
        answer={
            "points": "right",
            "percent": "wrong",
            "late": "right",
            "back": "wrong",
            "nine": "wrong",
            "third": "right",
        },
        misconceptions=[
            Misconception(
                "average-of-percentages",
                "A mean of percentages is being taken for the percentage.",
                "The quarters have different numbers of requests. Add the counts first.",
                gives={"nine": "right"},
            ),
            Misconception(
                "points-called-percent",
                "Points are being called per cent.",
                "3.1 is what you get when you take one percentage from the other. It is not 3.1 per cent of the first.",
                gives={"percent": "right"},
            ),
            Misconception(
                "same-percent-back",
                "The way up and the way back are being taken for equal.",
                "Both are 8 answers. But on the way back they are compared with 28, and not with 20.",
                gives={"back": "right"},
            ),
            Misconception(
                "counts-not-trusted",
                "A true sentence about late answers is being refused.",
                "It says what it compares: 20 and 28. The 8 more are 40 per cent of 20. It is true, though it sounds "
                "larger than a change in points.",
                gives={"late": "wrong"},
            ),
            Misconception(
                "points-not-trusted",
                "A true change in points is being refused.",
                "Take one percentage from the other, and compare with the sentence.",
                when=lambda classes: "wrong" in (classes.get("points"), classes.get("third")),
            ),
        ],
        hints=[
            "Check each sentence against the table. Look at the words: points, or per cent? Per cent of what?",
            "For each per cent, find the number where the change began, and divide by that.",
            "Three of the six are right.",
        ],
        praise="That is right. Your colleague can mend three sentences in a minute.",
    ),
    Function(
        "combined",
        "**Extra, not marked.** Write `combined(quarters)`. `quarters` is a list with a pair for each quarter: how many "
        "answers went on time, and how many requests there were. It gives the percentage on time for all quarters together.",
        role="task",
        answer=of_all,
        unit="%",
        tolerance=ROUNDING,
        examples=[[[[50, 100], [9, 10]]]],
        inputs=years,
        misconceptions=[
            Misconception(
                "mean-of-percentages",
                "Your function averages percentages.",
                "Add up both counts first, and divide once, at the end.",
                gives=mean_of_percentages,
            ),
            Misconception(
                "share-for-percent",
                "Your function gives a share as a part of 1.",
                "Multiply by 100.",
                gives=lambda pairs: of_all(pairs) / 100,
            ),
        ],
        hints=["`for on_time, requests in quarters:` goes through the pairs."],
        praise="That is right: it works for quarters of any size.",
    ),
    Text(
        "action",
        "At work: find one percentage that was made from other percentages, or one change that is given in per cent. Is it "
        "right? What should it say?",
        role="action",
        praise="Noted. Keep the counts beside the percentage, so that the next person can add to them.",
    ),
    Date(
        "action_date",
        "By which date will you have mended it, or asked its owner?",
        role="action",
        praise="Noted. We will ask you how it went.",
    ),
    confidence(
        "confidence_after",
        "Now: how confident are you that you could combine percentages, and say a change between two of them?",
    ),
    confidence(
        "confidence_looking_back",
        "Looking back with what you know now: how confident should you have been before you started?",
    ),
    Number(
        "later_car_parks",
        "In one car park 90 of 100 spaces are taken. In another 10 of 300 are. What percentage of all the spaces is taken?",
        role="retrieval",
        unit="%",
        tolerance=0.1,
        answer=25,
        misconceptions=[
            Misconception(
                "mean-of-percentages",
                "The percentages have been averaged.",
                "The second car park is three times as large. Put all the spaces together first.",
                gives=lambda: (90 + 100 * 10 / 300) / 2,
            ),
        ],
        praise="That is right: 100 of 400.",
    ),
    Choice(
        "later_council_tax",
        "In one year 95% of council tax was collected on time. In the next it was 96%. Which sentence is right?",
        role="retrieval",
        options={
            "a": "Collection is up by 1 per cent, and what is late is down by 1 per cent",
            "b": "Collection is up by 1 percentage point, and the late share is a fifth smaller",
            "c": "Collection is up by 1 percentage point, and the late share is 1 per cent smaller",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "points-called-percent",
                "Points are being called per cent.",
                "Between two percentages the step is in percentage points.",
                gives="a",
            ),
            Misconception(
                "percent-of-what",
                "The late share is being compared with the wrong number.",
                "It went from 5% to 4%. How large is that step beside the 5?",
                gives="c",
            ),
        ],
        praise="That is right. Points between percentages, and per cent of where it began.",
    ),
]
