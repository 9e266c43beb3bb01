# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Typical pay
#
# About 25 minutes, without the extra at the end. Thirteen short questions, three of them marked. You need no code:
# every marked question can be answered by typing a number or choosing. If you like code, you can use it for tasks 1
# and 2 and for the extra.
#
# By the end you can:
#
# - choose the median or the mean to suit a question
# - make part-time pay full-time before you compare it
# - work out a pay multiple, and say how you did it.
#
# ## A question before the council meeting
#
# A member of the public has sent in a question: "How many times the pay of a typical member of staff does the chief
# executive earn?"
#
# Two people work it out. One says 4.7. The other says 5.7. Both can divide, and both used the same payroll. They differ
# over what "typical" means, and over what to do with colleagues who work part of the week. By the rules that this
# council prints, neither is right.
#
# All the pay here is invented. Councils publish what their most senior posts are paid. They do not publish everybody's
# pay, because that is personal data.

# %% question="confidence_before"
### BEGIN SOLUTION
confidence_before = "2"
### END SOLUTION

# %% [markdown]
# ## Your prediction
#
# Guess before you look. A wrong guess costs nothing, and guessing first helps you to remember.

# %% question="predict_below_mean"
### BEGIN SOLUTION
predict_below_mean = "c"
### END SOLUTION

# %% [markdown]
# ## Two ways to say "typical"
#
# Finance has 33 posts. One of them is a director's.
#
# - The **mean** adds up all the pay and shares it out equally. Everybody's pay counts, and a very high one counts a lot.
# - The **median** is the pay of the person in the middle, when everybody stands in order of pay. Half earn less, half
#   earn more. With an even number of people it lies halfway between the middle two.
#
# See what happens to each when we leave one post out.

# %%
import pandas as pd

from digital_council import datasets

pay = datasets.open("pay")
pay["full_time_earnings"] = pay["full_time_salary"] + pay["allowances"]

finance = pay[pay["team"] == "Finance"]
others = finance[finance["grade"] != "Director"]
pd.DataFrame(
    {
        "posts": [len(finance), len(others)],
        "mean": [finance["full_time_earnings"].mean(), others["full_time_earnings"].mean()],
        "median": [finance["full_time_earnings"].median(), others["full_time_earnings"].median()],
    },
    index=pd.Index(["with the director", "without the director"], name="Finance"),
).round(0).astype(int)

# %% [markdown]
# One person leaves the sum, and the mean falls by about £2,700. The median falls by about £30. Nobody else's pay has
# changed. So the median says more about the people in the team, and the mean says more about the money.
#
# ## All 400 posts
#
# The same thing happens in the whole council. Most pay lies close together, and a few posts earn far more.

# %% tags=["picture"] alt="Of 400 posts, most earn between £26,000 and £50,000. The median is £36,042. The mean is £40,160, pulled up by a few posts of £80,000 to £188,000. 253 posts earn less than the mean."
import matplotlib.pyplot as plt

plt.rc("font", size=12)  # large enough to read on a phone

median, mean = pay["full_time_earnings"].median(), pay["full_time_earnings"].mean()
figure, axes = plt.subplots(figsize=(5, 3), layout="constrained")
axes.hist(pay["full_time_earnings"], bins=range(24_000, 192_000, 4_000), color="#1d70b8", edgecolor="white")
axes.axvline(median, color="black")
axes.axvline(mean, color="black", linestyle=":")
axes.annotate(f"median £{median:,.0f}", (median, 96), (62_000, 96), va="center", arrowprops={"arrowstyle": "-"})
axes.annotate(f"mean £{mean:,.0f}", (mean, 80), (62_000, 80), va="center", arrowprops={"arrowstyle": "-"})
axes.set_ylim(0, 105)
axes.set_xticks([50_000, 100_000, 150_000])
axes.xaxis.set_major_formatter(lambda pounds, _: f"£{pounds / 1000:.0f}k")
axes.set_xlabel("Earnings made full-time,\nin thousands of pounds a year")
axes.set_ylabel("Posts")
axes.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# Now check your prediction. Of the 400 posts, 253 earn less than the mean: nearly two in three. "Below average" sounds
# like bad luck, but here it is what most people are.
#
# That does not make the mean wrong. It answers another question. Take the mean of what was really paid, and multiply it
# by the number of posts: you have the pay bill to the pound. No median can do that.

# %% question="pay_rise_at_the_top"
### BEGIN SOLUTION
pay_rise_at_the_top = "b"
### END SOLUTION

# %% question="cost_of_a_rise"
### BEGIN SOLUTION
cost_of_a_rise = "b"
### END SOLUTION

# %% question="confidence_so_far"
### BEGIN SOLUTION
confidence_so_far = "4"
### END SOLUTION

# %% [markdown]
# ## Part of the week
#
# Post P0014 is paid £15,028. That looks like low pay. But the post is for half of the week: its *full-time equivalent*,
# or FTE, is 0.5. For a full week the same rate of pay would be £15,028 ÷ 0.5 = £30,056.
#
# In this council 131 of the 400 posts are part-time. If you mix a half week with a whole week, the middle of the list
# tells you about hours as much as about pay. So make the pay full-time first: **divide by the FTE.**

# %% question="made_full_time"
### BEGIN SOLUTION
made_full_time = 27_772
### END SOLUTION

# %% [markdown]
# ## The pay multiple
#
# Each year a council publishes its *pay multiple*: the highest taxable earnings, divided by the median earnings of the
# whole workforce on a fixed date. Allowances and benefits count as earnings. What is paid into the pension does not.
#
# Source: Local Government Transparency Code 2015.
#
# This council adds a rule of its own, and prints it beside the figure: part-time salaries are made full-time before the
# median is taken. Allowances are added as paid. Here is what you need. The first table has the middle of the list of
# 400, once in order of what was paid and once in order of earnings made full-time.

# %%
in_order = pd.DataFrame(
    {
        "as paid": sorted(pay["taxable_earnings"]),
        "made full-time": sorted(pay["full_time_earnings"]),
    },
    index=pd.RangeIndex(1, 401, name="place"),
)
in_order.loc[198:203]

# %%
highest = pay.loc[pay["taxable_earnings"].idxmax()]
pd.DataFrame(
    {
        "pounds": [
            highest["taxable_earnings"],
            highest["employer_pension"],
            round(pay["full_time_earnings"].mean()),
            round(pay["taxable_earnings"].mean()),
            pay["full_time_earnings"].min(),
        ]
    },
    index=pd.Index(
        [
            "highest taxable earnings",
            "paid into the pension for that post",
            "mean, made full-time",
            "mean, as paid",
            "lowest, made full-time",
        ],
        name="all 400 posts",
    ),
)

# %% question="pay_multiple"
### BEGIN SOLUTION
pay_multiple = 5.20
### END SOLUTION

# %% [markdown]
# ## Which one, when?
#
# Ask what the figure is for. If it is about a person ("what can somebody expect?"), the median is usually the better
# answer. If it is about a total ("how much in all?"), you need the mean, because it is the total shared out.

# %% question="median_or_mean"
### BEGIN SOLUTION
median_or_mean = {
    "repair": "median",
    "overtime": "mean",
    "advert": "median",
    "calls": "mean",
    "fines": "mean",
    "planning": "median",
}
### END SOLUTION

# %% [markdown]
# ## Extra, with code
#
# This one is not marked, and you can leave it out. Write the pay multiple as a function, so that it works next year too.
# It is tried on payrolls that you have not seen.


# %% question="multiple_of"
def multiple_of(earnings, fte):
    """The highest earnings, divided by the median of all earnings made full-time."""
    ### BEGIN SOLUTION
    rates = pd.Series(earnings, dtype=float) / pd.Series(fte, dtype=float)
    return max(earnings) / rates.median()
    ### END SOLUTION


# %% [markdown]
# ## Take it to work
#
# The word "average" is in many of our reports. It seldom says which one is meant.

# %% question="action"
### BEGIN SOLUTION
action = "The average wait in our monthly report is a mean; residents want to know the usual wait, so the median."
### END SOLUTION

# %% question="action_date"
### BEGIN SOLUTION
action_date = "2026-12-18"
### END SOLUTION

# %% [markdown]
# ## How sure are you now?

# %% question="confidence_after"
### BEGIN SOLUTION
confidence_after = "4"
### END SOLUTION

# %% question="confidence_looking_back"
### BEGIN SOLUTION
confidence_looking_back = "2"
### END SOLUTION

# %% [markdown]
# ## In short
#
# - The mean shares the total out. The median is the one in the middle.
# - A few very high values pull the mean, and hardly move the median.
# - Make part-time pay full-time before you compare it: divide by the FTE.
# - Write beside the figure which average it is, and what you did about part-time pay.
