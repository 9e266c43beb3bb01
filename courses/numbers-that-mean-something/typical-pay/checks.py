"""The questions of "Typical pay". How to write one: courses/AUTHORING.md."""

from statistics import mean, median

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


def pay():
    """The payroll, with earnings made full-time: allowances are added as they were paid."""
    posts = datasets.open("pay")
    posts["full_time_earnings"] = posts["full_time_salary"] + posts["allowances"]
    return posts


def post(post_id):
    return datasets.open("pay").set_index("post_id").loc[post_id]


def highest():
    """The post with the highest taxable earnings."""
    posts = pay()
    return posts.loc[posts["taxable_earnings"].idxmax()]


def multiple_with_allowances_made_full_time():
    """The other honest reading: allowances divided by the FTE as well."""
    posts = pay()
    return highest()["taxable_earnings"] / (posts["taxable_earnings"] / posts["fte"]).median()


def times(column, middle):
    """The highest earnings as a multiple of one middle of one column."""
    return lambda: highest()["taxable_earnings"] / getattr(pay()[column], middle)()


def rounded(value):
    """A test: the value to one decimal place, as somebody might type it."""
    return lambda number: abs(number - round(value(), 1)) < 0.005


def with_pension():
    post = highest()
    return (post["taxable_earnings"] + post["employer_pension"]) / pay()["full_time_earnings"].median()


def salaries_alone(number):
    """A test: salary divided by salary, made full-time or as paid, with no allowances on either side."""
    posts = pay()
    columns = (posts["full_time_salary"], posts["paid_salary"])
    return any(abs(number - column.max() / column.median()) <= 0.006 for column in columns)


def full_time_alone():
    """The highest earnings as a multiple of the middle of the full-time posts: nearly the right number."""
    posts = pay()
    return highest()["taxable_earnings"] / posts.loc[posts["fte"] == 1, "taxable_earnings"].median()


def near_full_time_alone(number):
    return abs(number - full_time_alone()) <= 0.004


def one_of_the_two(number):
    """A test: an amount of pay in place of a multiple."""
    posts = pay()
    middles = (posts["full_time_earnings"].median(), posts["taxable_earnings"].median())
    return any(abs(number - amount) <= 1 for amount in (highest()["taxable_earnings"], *middles))


def multiple(earnings, fte):
    return max(earnings) / median(each / share for each, share in zip(earnings, fte, strict=True))


def payrolls(rng):
    """Payrolls that nobody has seen, of odd and even length, with one high earner each."""
    for size in (5, 8, 31, 40):
        fte = [float(share) for share in rng.choice([1.0, 0.8, 0.6, 0.5], size=size)]
        rates = [int(rate) for rate in rng.integers(25_000, 60_000, size=size)]
        earnings = [round(rate * share) for rate, share in zip(rates, fte, strict=True)]
        yield [[*earnings, int(rng.integers(120_000, 190_000))], [*fte, 1.0]]


QUESTIONS = [
    confidence(
        "confidence_before",
        "Before you start: how confident are you that you could choose the right average for a question, and say why?",
    ),
    Choice(
        "predict_below_mean",
        "The mean pay in this council, made full-time, is £40,160. There are 400 posts. Before you look: how many of "
        "them earn less than that?",
        role="predict",
        options={
            "a": "Clearly fewer than half",
            "b": "About half",
            "c": "Clearly more than half",
        },
        praise="Thank you. Keep your prediction in mind: the chart of all the posts shows what happened.",
    ),
    Choice(
        "pay_rise_at_the_top",
        "Suppose that the highest pay in the council were doubled, and nobody else's changed. What would happen to the "
        "mean and the median of the 400 posts?",
        role="diagnostic",
        options={
            "a": "Both would rise",
            "b": "The mean would rise and the median would stay",
            "c": "The median would rise and the mean would stay",
            "d": "Neither would change, because it is one post in 400",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "median-feels-size",
                "The median is being treated as if it added pay up.",
                "The median depends on who stands in the middle. The person at the top of the line is still at the "
                "top, so the middle does not move.",
                gives="a",
            ),
            Misconception(
                "names-swapped",
                "The two averages have changed places.",
                "The mean shares out the total, so more money at the top raises it. The median is the one in the middle "
                "of the line.",
                gives="c",
            ),
            Misconception(
                "one-cannot-matter",
                "One very large value is being taken for harmless.",
                "Look at Finance again: one post in 33 moved the mean by thousands of pounds. In a larger group it "
                "moves less, but it moves.",
                gives="d",
            ),
        ],
        hints=["Picture everybody in a line, in order of pay. Who has to move?"],
        praise="That is right. The total grows, so the mean does too. Nobody in the middle has moved.",
    ),
    Choice(
        "cost_of_a_rise",
        "Finance asks what a rise of 3% for everybody would cost in a year. All you are given is one average of what was "
        "paid. Which do you need?",
        role="diagnostic",
        options={
            "a": "The median, because a few high salaries spoil the mean",
            "b": "The mean, because mean × posts is the whole pay bill",
            "c": "The pay that comes up most often",
            "d": "Either: an average is an average",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "median-is-better",
                "The median is being used because it is thought to be the better average.",
                "The high salaries have to be paid too. A budget that leaves them out will be too small. Choose by what "
                "the figure is for.",
                gives="a",
            ),
            Misconception(
                "most-common-is-typical",
                "The pay that comes up most often is being taken for the whole.",
                "It may belong to one grade with many posts. It says nothing of what the others cost.",
                gives="c",
            ),
            Misconception(
                "average-means-mean",
                "The word average is being taken as one thing.",
                "Here the two averages differ by thousands of pounds for each post. With 400 posts that is a large hole "
                "in the budget.",
                gives="d",
            ),
        ],
        hints=["Which average can you multiply by the number of posts and get the total back?"],
        praise="That is right. For a total, the mean is the one that can be multiplied up.",
    ),
    confidence("confidence_so_far", "How sure are you of your last two answers?"),
    Number(
        "made_full_time",
        "**Task 1.** Post P0122, in Libraries, has an FTE of 0.6. It is paid £16,663 and has no allowances. What would "
        "it be paid for a full week, in pounds a year?",
        role="task",
        points=2,
        unit="£",
        tolerance=1,
        code=True,
        answer=lambda: post("P0122")["full_time_salary"],
        misconceptions=[
            Misconception(
                "multiplied-by-fte",
                "The pay has been made smaller instead of larger.",
                "The post is paid for part of a week, so the pay for a whole week is more. You multiplied by 0.6. What "
                "undoes that?",
                gives=lambda: post("P0122")["paid_salary"] * 0.6,
            ),
            Misconception(
                "added-missing-share",
                "The missing share has been added to the wrong amount.",
                "The missing 0.4 is a share of full-time pay, not of what was paid. Find what one tenth of a full week "
                "is worth first.",
                gives=lambda: post("P0122")["paid_salary"] * 1.4,
            ),
            Misconception(
                "as-paid",
                "That is what the post is paid now.",
                "It is the pay for six tenths of a week. The question asks about a full one.",
                gives=lambda: post("P0122")["paid_salary"],
            ),
        ],
        hints=[
            "Should the answer be more than £16,663 or less?",
            "Look at how post P0014 was made full-time. What was done with its 0.5?",
            "£16,663 is six tenths of the answer. Divide what is paid by the FTE, and give whole pounds.",
        ],
        praise="That is right. Now this post can be compared with others.",
    ),
    Number(
        "pay_multiple",
        "**Task 2.** What is the pay multiple of this council, by the rules above? Give two decimal places, such as 3.25.",
        role="task",
        points=2,
        unit="times",
        tolerance=0.01,
        code=True,
        answer=times("full_time_earnings", "median"),
        also=[multiple_with_allowances_made_full_time],
        checks=[
            check(
                "part-time-left-out",
                "The posts that are part of a week have been left out.",
                lambda value: not near_full_time_alone(value),
                detail="The Code asks for the median of the whole workforce. Part-time pay is made full-time, and stays.",
            )
        ],
        misconceptions=[
            Misconception(
                "mean-for-median",
                "The mean has been used where the median is asked for.",
                "A few high salaries raise the mean, and so make the multiple look smaller. The Code asks for the "
                "person in the middle.",
                gives=times("full_time_earnings", "mean"),
                when=rounded(times("full_time_earnings", "mean")),
            ),
            Misconception(
                "hours-mixed-in",
                "Part-time pay has been compared as it was paid.",
                "Then the middle of the list is lower because some work fewer hours. This council makes their pay "
                "full-time first.",
                gives=times("taxable_earnings", "median"),
                when=rounded(times("taxable_earnings", "median")),
            ),
            Misconception(
                "mean-and-hours",
                "The mean has been used, of pay with different hours in it.",
                "There are two things to mend: the Code asks for the median, and part-time pay is made full-time first.",
                gives=times("taxable_earnings", "mean"),
            ),
            Misconception(
                "allowances-left-out",
                "The allowances have been left out of the middle.",
                "Taxable earnings are salary and allowances. Take both on both sides of the division.",
                gives=times("full_time_salary", "median"),
                when=rounded(times("full_time_salary", "median")),
            ),
            Misconception(
                "salary-alone",
                "Salaries have been compared, without allowances.",
                "Taxable earnings are salary and allowances. Take both, above and below.",
                when=salaries_alone,
            ),
            Misconception(
                "pension-counted",
                "The pension has been counted as earnings.",
                "What the council pays into a pension is left out. Use taxable earnings for the highest post.",
                gives=with_pension,
                when=rounded(with_pension),
            ),
            Misconception(
                "lowest-for-median",
                "The highest pay has been compared with the lowest.",
                "That is a fair question too, but another one. The pay multiple compares with the middle.",
                gives=times("full_time_earnings", "min"),
                when=rounded(times("full_time_earnings", "min")),
            ),
            Misconception(
                "not-divided",
                "That is one of the two amounts.",
                "The multiple says how many times the middle goes into the highest. Divide the one by the other.",
                when=one_of_the_two,
            ),
            Misconception(
                "upside-down",
                "The two amounts have changed places.",
                "A multiple says how many times the middle goes into the highest, so it is more than 1 here.",
                when=lambda value: 0 < value < 1,
            ),
            Misconception(
                "difference-for-multiple",
                "The two amounts have been taken from each other.",
                "A multiple is how many times as much. Divide instead.",
                when=lambda value: value > 1000,
            ),
        ],
        hints=[
            "You need two amounts: the highest earnings, and the middle of one of the two lists.",
            "With 400 posts the median lies halfway between place 200 and place 201. Use the list where a half week does "
            "not stand beside a whole one.",
            "Divide the highest taxable earnings, without the pension, by the median made full-time.",
        ],
        praise="That is right. Publish it with one line beside it: the date, and what was done about part-time pay.",
    ),
    Classify(
        "median_or_mean",
        "**Task 3.** Which average would you give for each question?",
        role="task",
        points=2,
        items={
            "repair": "A resident asks: how long will I probably wait for a repair? (A few repairs took a year.)",
            "overtime": "What did overtime cost for each post, so that we can work out the total for next year?",
            "advert": "What shall we put in a job advert as the usual pay in this team? (The team has one director.)",
            "calls": "How many calls come in on a working day, so that we can work out the calls in a year of 250 days?",
            "fines": "How much does each parking fine bring in, to forecast income from 10,000 fines?",
            "planning": "A builder asks how long a usual application takes. (Two large ones took three years.)",
        },
        classes={"median": "The median: the one in the middle", "mean": "The mean: the total shared out"},
        answer={
            "repair": "median",
            "overtime": "mean",
            "advert": "median",
            "calls": "mean",
            "fines": "mean",
            "planning": "median",
        },
        misconceptions=[
            Misconception(
                "mean-for-everything",
                "The mean has been chosen for every question, or nearly.",
                "A few very long waits or one very high salary pull the mean away from what most people meet. Look for "
                "the questions where one person asks what to expect.",
                when=lambda classes: sum(chosen == "mean" for chosen in classes.values()) >= 5,
            ),
            Misconception(
                "median-for-everything",
                "The median has been chosen for every question, or nearly.",
                "Some of these want a total. The median multiplied up does not give a total; the mean does.",
                when=lambda classes: sum(chosen == "median" for chosen in classes.values()) >= 5,
            ),
            Misconception(
                "total-from-median",
                "A total is to be worked out from a median.",
                "When the next step is to multiply by how many, you need the average that shares out the total.",
                when=lambda classes: "median" in (classes.get("overtime"), classes.get("calls"), classes.get("fines")),
            ),
            Misconception(
                "person-from-mean",
                "Somebody who asks what to expect is being given the mean.",
                "The note in brackets tells you about a few very large values. They hardly touch the one in the middle.",
                when=lambda classes: "mean" in (classes.get("repair"), classes.get("advert"), classes.get("planning")),
            ),
        ],
        hints=[
            "Ask of each: is it about one person, or about a total?",
            "If somebody is going to multiply the figure by how many, they need the total shared out.",
            "The notes in brackets name a few very large values. Which average do these hardly move?",
        ],
        praise="That is right. You choose by what the figure is for.",
    ),
    Function(
        "multiple_of",
        "**Extra, not marked.** Write `multiple_of(earnings, fte)`. `earnings` is a list of taxable earnings, and `fte` a "
        "list of the full-time equivalents of the same posts. It gives the highest earnings divided by the median of all "
        "earnings made full-time.",
        role="task",
        answer=multiple,
        tolerance=0.006,  # two decimal places
        relative=0.001,
        examples=[
            [[15_000, 24_000, 90_000], [0.5, 0.8, 1.0]],
            [[20_000, 20_000, 30_000, 100_000], [1.0, 0.5, 1.0, 1.0]],
        ],
        inputs=payrolls,
        misconceptions=[
            Misconception(
                "mean-for-median",
                "Your function uses the mean.",
                "It should find the middle of the list.",
                gives=lambda earnings, fte: max(earnings) / mean(e / f for e, f in zip(earnings, fte, strict=True)),
            ),
            Misconception(
                "hours-mixed-in",
                "Your function compares part-time pay as it was paid.",
                "Divide each amount by its FTE before you look for the middle.",
                gives=lambda earnings, fte: max(earnings) / median(earnings),
            ),
            Misconception(
                "multiplied-by-fte",
                "Your function makes part-time pay smaller.",
                "To go from part of a week to a whole one, divide by the FTE.",
                gives=lambda earnings, fte: max(earnings) / median(e * f for e, f in zip(earnings, fte, strict=True)),
            ),
        ],
        hints=["`pd.Series(earnings) / pd.Series(fte)` divides the two lists, one pair at a time."],
        praise="That is right: it works on payrolls it has not seen.",
    ),
    Text(
        "action",
        'At work: find one report or page that says "average". Which average is it, and what is the figure used for? '
        "Which one should it be?",
        role="action",
        praise="Noted. Write the word median or mean beside the figure, so that the next reader need not ask.",
    ),
    Date(
        "action_date",
        "By which date will you have done that?",
        role="action",
        praise="Noted. We will ask you how it went.",
    ),
    confidence(
        "confidence_after",
        "Now: how confident are you that you could choose the right average for a question, and say why?",
    ),
    confidence(
        "confidence_looking_back",
        "Looking back with what you know now: how confident should you have been before you started?",
    ),
    Number(
        "later_waiting",
        "Five residents waited 2, 3, 3, 4 and 38 days for a bulky waste collection. The next one asks how long it usually "
        "takes. Which figure would you give, in days?",
        role="retrieval",
        unit="days",
        answer=3,
        misconceptions=[
            Misconception(
                "mean-for-usual",
                "That is the mean, and nobody waited as long as that.",
                "One wait of 38 days is shared out over all five people. Look for the one in the middle.",
                gives=10,
            ),
            Misconception(
                "longest-wait",
                "That is the longest wait.",
                "It happened once in five. The resident asks what is usual.",
                gives=38,
            ),
            Misconception(
                "middle-of-the-ends",
                "That lies halfway between the shortest and the longest wait.",
                "Put the five people in order, and look at the one in the middle.",
                gives=20,
            ),
        ],
        praise="That is right: the one in the middle waited 3 days.",
    ),
    Choice(
        "later_part_time",
        "Ana works half of the week and is paid £17,000. Ben works the whole week and is paid £32,000. Whose pay is higher "
        "for the same hours?",
        role="retrieval",
        options={
            "a": "Ben's, because £32,000 is more than £17,000",
            "b": "Ana's, because her pay for a full week would be £34,000",
            "c": "It cannot be said, because they work different hours",
        },
        answer="b",
        misconceptions=[
            Misconception(
                "as-paid",
                "Pay for half a week is being compared with pay for a whole one.",
                "Make both full-time first.",
                gives="a",
            ),
            Misconception(
                "hours-cannot-compare",
                "Different hours can be allowed for.",
                "Divide what is paid by the share of the week. Then the two can be compared.",
                gives="c",
            ),
        ],
        praise="That is right. Divide by the FTE, then compare.",
    ),
]
