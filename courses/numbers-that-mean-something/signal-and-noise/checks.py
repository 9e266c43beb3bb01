"""The questions of "Signal and noise". How to write one: courses/AUTHORING.md."""

from functools import cache
from itertools import pairwise
from statistics import mean, stdev

from digital_council import datasets
from digital_council.courses.questions import (
    Choice,
    Classify,
    Date,
    Function,
    Misconception,
    Number,
    Text,
    check,
    confidence,
)


@cache
def calls(service, year):
    """Calls about a service in each week of the first or the second year."""
    contacts = datasets.open("contacts")
    found = contacts[(contacts["channel"] == "phone") & (contacts["service"] == service)]
    weeks = found.sort_values("week_starting")["contacts"].tolist()
    return weeks[:52] if year == 1 else weeks[52:]


def steps(weeks):
    return [abs(after - before) for before, after in pairwise(weeks)]


def limits(weeks):
    """The mean, plus and minus 2.66 mean steps."""
    width = 2.66 * mean(steps(weeks))
    return mean(weeks) - width, mean(weeks) + width


def parking():
    return calls("Parking", 1)


def leaves_usual_weeks_alone(limit):
    above = sum(each > limit for each in parking()) - 1
    return above <= 0 or f"{above} more weeks would lie above it, beside the one that is not like the others."


def finds_the_odd_week(limit):
    return limit < max(parking())


def more_than_one_deviation(limit):
    return abs(limit - mean(parking()) - stdev(parking())) > 0.2


def near(values, by=1.5):
    """A test: a number close to one of the values that a function gives."""
    return lambda number: any(abs(number - each) <= by for each in values())


def waste_outside(year_of_limits):
    lower, upper = limits(calls("Waste and recycling", year_of_limits))
    return sum(not lower <= each <= upper for each in calls("Waste and recycling", 2))


def rises(weeks):
    return sum(after > before for before, after in pairwise(weeks))


def outside(usual, weeks):
    lower, upper = limits(usual)
    return [each for each in weeks if not lower <= each <= upper]


def years(rng):
    """Usual weeks, and later ones that every sensible way to find limits judges alike."""
    for count in (26, 52, 52):
        level = int(rng.integers(200, 900))
        usual = [round(level * (1 + each)) for each in rng.uniform(-0.08, 0.08, size=count)]
        weeks = [round(level * (1 + each)) for each in rng.uniform(-0.03, 0.03, size=12)]
        for place, way in zip(rng.choice(12, size=4, replace=False), (1, -1, 1, -1), strict=True):
            weeks[int(place)] = round(level * (1 + way * rng.uniform(0.4, 0.8)))
        yield [usual, weeks]


QUESTIONS = [
    confidence(
        "confidence_before",
        "Before you start: how confident are you that you could tell a real change from the usual wobble of the weeks?",
    ),
    Choice(
        "predict_rises",
        "In one year nothing special happened to calls about planning. There are 51 steps from one week to the next. "
        "Before you look: how many of them were rises?",
        role="predict",
        options={
            "a": "Hardly any, because nothing happened",
            "b": "About half",
            "c": "Nearly all, because demand grows",
        },
        praise="Thank you. Keep your prediction in mind: the text below the chart tells you.",
    ),
    Choice(
        "social_care_week",
        "Calls about adult social care rose from 161 to 189 in a week. That is 17% more. The limits of a usual week are 125 "
        "and 252. What do you tell the meeting?",
        role="diagnostic",
        options={
            "a": "Demand is growing, and we should plan for more",
            "b": "It is a usual week, and there is nothing to explain",
            "c": "Something must have caused it, and we will find out what",
            "d": "Anything above 10% has to be looked into, whatever the limits say",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "every-rise-is-trend",
                "One rise is being taken for a trend.",
                "About half of all weeks are higher than the one before. Two weeks make a step. They do not make a trend.",
                gives="a",
            ),
            Misconception(
                "every-change-has-a-cause",
                "Every change is thought to have a cause that can be found.",
                "If you look for a cause you will find one, whether or not it did anything. Keep the search for weeks "
                "outside the limits.",
                gives="c",
            ),
            Misconception(
                "percent-decides",
                "One percentage is being used for every service.",
                "In a small service 17% may be a few dozen calls, and usual. In a large one 5% may be a great deal. The "
                "limits come from the service itself.",
                gives="d",
            ),
        ],
        hints=["Does the week lie between the limits?"],
        praise="That is right. Saying so takes ten seconds, and saves a morning.",
    ),
    Choice(
        "after_the_peak",
        "In the week of 14 October 2024 there were 497 calls about parking, far more than usual. A notice was put on the "
        "website. The week after there were 288. What can you say?",
        role="diagnostic",
        options={
            "a": "The notice worked: calls fell by 42%",
            "b": "A usual week followed an odd one, which would probably have happened anyway",
            "c": "The notice failed, because 288 is still above the mean of 280",
            "d": "Calls about parking are going down",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "after-so-because",
                "What came after is being put down to the notice.",
                "After a very high week the next is nearly always lower, with a notice or without. To know what a notice "
                "does, try it with some residents and not with others.",
                gives="a",
            ),
            Misconception(
                "mean-is-the-line",
                "The mean is being used as a line that a good week stays below.",
                "About half of all usual weeks lie above the mean. 288 is one of them.",
                gives="c",
            ),
            Misconception(
                "one-fall-is-trend",
                "One fall is being taken for a trend.",
                "The fall is as large as the odd week was high. It says nothing of the weeks to come.",
                gives="d",
            ),
        ],
        hints=["What would you expect after a very odd week, if nobody did anything?"],
        praise="That is right. It is the commonest way in which we fool ourselves about what worked.",
    ),
    confidence("confidence_so_far", "How sure are you of your last two answers?"),
    Number(
        "parking_limit",
        "**Task 1.** What is the upper limit of a usual week for parking, in the first year? Any sensible way to find it "
        "will do.",
        role="task",
        points=2,
        unit="calls a week",
        code=True,
        checks=[
            check("usual-weeks-flagged", "This limit is too low.", leaves_usual_weeks_alone),
            check(
                "signal-missed",
                "This limit is too high: nothing lies above it.",
                finds_the_odd_week,
                detail="One week is not like the others. A limit that it does not pass can never warn you.",
            ),
            check(
                "one-deviation",
                "One standard deviation is too near.",
                more_than_one_deviation,
                detail="By luck no other week of this year lies above it. In a usual year about one week in six would.",
            ),
        ],
        misconceptions=[
            Misconception(
                "mean-is-limit",
                "That is the mean, and nearly half of all weeks lie above it.",
                "A limit has to leave usual weeks alone. Go up from the mean by several steps.",
                when=near(lambda: [mean(parking())]),
            ),
            Misconception(
                "one-step-up",
                "You have gone up from the mean by 28 calls only: a single step, or ten per cent.",
                "Many usual weeks go further than one mean step, which is why it is multiplied. And ten per cent is too "
                "little for one service and too much for another: let the weeks themselves tell you.",
                when=near(lambda: [mean(parking()) + mean(steps(parking())), mean(parking()) * 1.1]),
            ),
            Misconception(
                "width-for-limit",
                "That is how far the limit lies from the mean.",
                "Add it to the mean.",
                when=near(lambda: [2.66 * mean(steps(parking()))]),
            ),
            Misconception(
                "lower-limit",
                "That is the lower limit.",
                "The upper one lies as far above the mean.",
                when=near(lambda: limits(parking())[:1]),
            ),
            Misconception(
                "limit-is-highest",
                "The highest week is being taken for the limit.",
                "Then nothing can ever lie outside. The limit comes from how far usual weeks go.",
                when=near(lambda: [max(parking())]),
            ),
        ],
        hints=[
            "You need two numbers from the small table: the mean of parking and its mean step.",
            "Multiply the mean step by 2.66. That is how far a usual week may go from the mean.",
            "Add what you get to the mean, 280.3. Then look whether one week of the table lies above it.",
        ],
        praise="That is right: the odd week lies above it, and no other week does.",
    ),
    Number(
        "waste_weeks",
        "**Task 2.** How many of the 52 weeks of the second year lie outside the first year's limits for waste and "
        "recycling?",
        role="task",
        points=2,
        unit="weeks",
        code=True,
        answer=lambda: waste_outside(1),
        misconceptions=[
            Misconception(
                "limits-from-the-change",
                "The limits seem to come from the second year.",
                "Such limits have the change in them, so the change looks usual and only odd weeks stand out. Use those "
                "of the first year.",
                when=near(lambda: [1, waste_outside(2)], by=0.01),
            ),
            Misconception(
                "share-for-weeks",
                "That is a share of the weeks.",
                "The question asks how many weeks there are. Count them.",
                when=lambda value: 0 < value < 1,
            ),
            Misconception(
                "above-the-mean",
                "Weeks above the mean have been counted.",
                "A usual week may well lie above the mean. Count those above the upper limit.",
                gives=lambda: sum(
                    each > mean(calls("Waste and recycling", 1)) for each in calls("Waste and recycling", 2)
                ),
            ),
            Misconception(
                "every-rise",
                "Weeks higher than the week before have been counted.",
                "A step up is no signal by itself. Compare each week with the limits.",
                gives=lambda: rises(calls("Waste and recycling", 2)),
            ),
            Misconception(
                "all-weeks",
                "The whole year has been counted.",
                "The first quarter of it was as before. Compare its weeks with the upper limit.",
                gives=52,
            ),
            Misconception(
                "inside-for-outside",
                "The weeks inside the limits have been counted.",
                "The question asks for the others.",
                gives=lambda: 52 - waste_outside(1),
            ),
        ],
        hints=[
            "Work out the upper limit for waste from the small table, as you did for parking. The chart has it too.",
            "Go through the table a column at a time. Is there a week in the column that is below the upper limit?",
            "In the first column no week is above the limit. Look at the lowest number of each of the other columns.",
        ],
        praise="That is right: all weeks from 30 June 2025 on. The usual level has moved.",
    ),
    Classify(
        "sort_of_change",
        "**Task 3.** What sort of change is each of these?",
        role="task",
        points=2,
        items={
            "social": "Adult social care: from 141 to 204 in one week of April 2024",
            "planning": "Planning: from 79 to 143 in one week of April 2025, which is 81% more",
            "housing": "Housing: 560 in the week of 6 January 2025, and 329 the week after",
            "rounds": "Waste: 731 in the week of 30 June 2025, and never below 660 since",
            "december": "Waste, beside its new level of about 727: 1,265 in the week of 29 December 2025, and 785 the week "
            "after",
            "tax": "Council tax: 508 or more in each week of March 2025, and again in March 2026, when new bills go out",
        },
        classes={
            "wobble": "Usual wobble: leave it alone",
            "once": "One odd week: ask what happened",
            "shift": "A lasting change: the usual level has moved",
            "yearly": "It comes every year: expect it",
        },
        answer={
            "social": "wobble",
            "planning": "wobble",
            "housing": "once",
            "rounds": "shift",
            "december": "once",
            "tax": "yearly",
        },
        misconceptions=[
            Misconception(
                "every-rise-is-signal",
                "Rises within the limits are being taken for signals.",
                "Look up the limits of the service. A step can be large in per cent, and both weeks may still be usual.",
                when=lambda classes: any(classes.get(item) not in (None, "wobble") for item in ("social", "planning")),
            ),
            Misconception(
                "all-is-wobble",
                "Real signals are being left alone.",
                "The limits are there so that some weeks stand out. Compare each number with its service's limits.",
                when=lambda classes: (
                    "wobble" in (classes.get("housing"), classes.get("rounds"), classes.get("december"))
                ),
            ),
            Misconception(
                "one-week-is-shift",
                "One odd week is being taken for a lasting change.",
                "Look at the week after. If it is back at its usual level, nothing has lasted.",
                when=lambda classes: "shift" in (classes.get("housing"), classes.get("december")),
            ),
            Misconception(
                "season-is-news",
                "A season is being taken for news.",
                "It came in both years, in the same month, for a reason that everybody knows.",
                when=lambda classes: classes.get("tax") not in (None, "yearly"),
            ),
            Misconception(
                "shift-is-once",
                "A lasting change is being taken for one odd week.",
                "It began in one week, and it has not gone back.",
                when=lambda classes: classes.get("rounds") not in (None, "shift"),
            ),
        ],
        hints=[
            "First compare each number with the limits of its service. Between them, it is wobble.",
            "For those outside, look at the weeks after. Did it go back?",
            "And did the same happen a year before?",
        ],
        praise="That is right. Four sorts of change, and each wants another answer.",
    ),
    Function(
        "outside",
        "**Extra, not marked.** Write `outside(usual, weeks)`. Both are lists of calls in each week. It works out limits "
        "from `usual`, and gives a list of the numbers in `weeks` that lie outside them, above or below, in their order.",
        role="task",
        answer=outside,
        like="list",
        examples=[[[100, 104, 97, 102, 99, 103, 98, 101], [103, 160, 99, 45]]],
        inputs=years,
        misconceptions=[
            Misconception(
                "every-rise",
                "Your function finds every week that is higher than the one before.",
                "Compare each week with limits made from the usual weeks.",
                gives=lambda usual, weeks: [b for a, b in pairwise(weeks) if b > a],
            ),
            Misconception(
                "above-the-mean",
                "Your function finds every week above the mean.",
                "Half of the usual weeks lie there. Go further from the mean.",
                gives=lambda usual, weeks: [each for each in weeks if each > mean(usual)],
            ),
            Misconception(
                "only-above",
                "Your function looks above the limits and not below.",
                "A week with very few calls is a signal too. Perhaps the lines were down.",
                gives=lambda usual, weeks: [each for each in weeks if each > limits(usual)[1]],
            ),
            Misconception(
                "limits-from-the-change",
                "Your function makes its limits from the weeks it is judging.",
                "Make them from `usual`, the time before.",
                gives=lambda usual, weeks: outside(weeks, weeks),
            ),
        ],
        hints=["A series has `diff()`, the steps from week to week. Their size matters here, and not their sign."],
        praise="That is right: it finds the odd weeks and leaves the others alone.",
    ),
    Text(
        "action",
        "At work: choose one figure that is reported every week or month. How far does it usually go, up and down? What "
        "will you stop asking about?",
        role="action",
        praise="Noted. Draw the limits into the chart, and the meeting will be shorter.",
    ),
    Date(
        "action_date",
        "By which date will you have looked at a year of that figure?",
        role="action",
        praise="Noted. We will ask you how it went.",
    ),
    confidence(
        "confidence_after",
        "Now: how confident are you that you could tell a real change from the usual wobble of the weeks?",
    ),
    confidence(
        "confidence_looking_back",
        "Looking back with what you know now: how confident should you have been before you started?",
    ),
    Choice(
        "later_sickness",
        "Sickness absence was 4.1% in May and 4.6% in June. Over two years, usual months lay between 3.4% and 5.2%. The "
        "report has a red arrow. What do you say?",
        role="retrieval",
        options={
            "a": "Absence is rising, and managers should act on June",
            "b": "June is a usual month; if we want less absence, we look at all months",
            "c": "The limits must be wrong, because half a point is a lot",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "every-rise-is-trend",
                "One rise is being taken for a trend.",
                "Half of all months are higher than the month before.",
                gives="a",
            ),
            Misconception(
                "size-decides",
                "The size of the step is being used in place of the limits.",
                "The limits come from two years of months. They say that such steps are usual.",
                gives="c",
            ),
        ],
        praise="That is right. An arrow cannot tell a signal from noise.",
    ),
    Number(
        "later_library",
        "A library has a mean of 40 visits an hour. From one hour to the next, the mean step is 5. With 2.66 times the mean "
        "step, what is the upper limit of a usual hour?",
        role="retrieval",
        tolerance=0.5,
        answer=53.3,
        misconceptions=[
            Misconception(
                "one-step-is-limit",
                "You have gone up by one step only.",
                "Multiply the step by 2.66 before you add it.",
                gives=45,
            ),
            Misconception(
                "width-for-limit",
                "That is how far the limit lies from the mean.",
                "Add it to the mean.",
                gives=13.3,
            ),
            Misconception(
                "lower-limit",
                "That is the lower limit.",
                "The upper one lies as far above the mean.",
                gives=26.7,
            ),
        ],
        praise="That is right: 40 + 2.66 × 5.",
    ),
]
