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
# # Signal and noise
#
# About 25 minutes, without the extra at the end. Thirteen short questions, three of them marked. You need no code: every
# marked question can be answered by typing a number or choosing. If you like code, you can use it for tasks 1 and 2.
#
# By the end you can:
#
# - work out the limits between which a usual week lies
# - leave the wobble alone
# - see when the usual level itself has moved.
#
# ## A question on Monday morning
#
# It is the weekly meeting. Calls about parking rose from 249 to 283. "That is 14% up," says the head of service. "What
# happened?"
#
# Two people spend the morning on it. They find a faded sign and a rumour about permits. Next week it is 285, the week
# after 255, and nobody asks. Was there ever anything to find?
#
# All the figures here are invented. They were made for these lessons.

# %% question="confidence_before"
### BEGIN SOLUTION
confidence_before = "2"
### END SOLUTION

# %% [markdown]
# ## Your prediction
#
# Guess before you look. A wrong guess costs nothing, and guessing first helps you to remember.

# %% question="predict_rises"
### BEGIN SOLUTION
predict_rises = "b"
### END SOLUTION

# %% [markdown]
# ## A year in which nothing happened
#
# Calls about planning had a quiet year from April 2024. No law changed and no letter went to every home. Still, no two
# weeks in a row were alike. Such wobble is called *noise*. It needs no reason: residents do not agree when to ring.
#
# How far does a usual week go? There are several ways to find out. Here is one that needs only a calculator.
#
# 1. Take the mean of the weeks.
# 2. Take each step from one week to the next, up or down, without its sign. Take the mean of those steps.
# 3. The limits are the mean, plus and minus 2.66 times the mean step.
#
# The 2.66 is a custom with charts of this sort. With it, a usual week very seldom lies outside.

# %%
from digital_council import datasets

contacts = datasets.open("contacts")
phone = contacts[contacts["channel"] == "phone"]
calls = phone.pivot(index="week_starting", columns="service", values="contacts")
first, second = calls.iloc[:52], calls.iloc[52:]

mean = first["Planning"].mean()
step = first["Planning"].diff().abs().mean()
print(f"mean {mean:.1f}, mean step {step:.1f}")
print(f"limits: {mean - 2.66 * step:.0f} and {mean + 2.66 * step:.0f}")

# %% tags=["picture"] alt="Calls about planning wobble between 83 and 136 a week for a year, around a mean of 109. All 52 weeks lie between the limits of 70 and 148, though 23 weeks were higher than the week before."
import matplotlib.pyplot as plt
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

plt.rc("font", size=12)  # large enough to read on a phone


def chart(weeks, usual):
    """Draws weeks with the mean and limits of usual weeks."""
    middle, width = usual.mean(), 2.66 * usual.diff().abs().mean()
    axes = plt.figure(figsize=(5, 3.6), layout="constrained").add_subplot()
    axes.plot(weeks.index, weeks, marker="o", markersize=3, color="#1d70b8")
    for name, level, dashes in (
        ("upper limit", middle + width, "--"),
        ("mean", middle, "-"),
        ("lower limit", middle - width, "--"),
    ):
        axes.axhline(level, color="black", linestyle=dashes, linewidth=1)
        axes.annotate(f"{name} {level:.0f}", (1.01, level), xycoords=("axes fraction", "data"), va="center", fontsize=10.5)
    axes.set_ylim(0, None)
    dates = AutoDateLocator(maxticks=6)
    axes.xaxis.set_major_locator(dates)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(dates))
    axes.set_ylabel("Calls a week")
    axes.spines[["top", "right"]].set_visible(False)
    plt.show()


chart(first["Planning"], first["Planning"])

# %% [markdown]
# Every week lies between 70 and 148. Now look at your prediction. Of the 51 steps in this year, 23 went up. That could
# have been 23 meetings about nothing.
#
# A week outside the limits is another matter. We call it a *signal*: probably something happened, and it pays to ask.
# Inside the limits, do not ask about the week. If you do not like the level, ask about the whole service.

# %% question="social_care_week"
### BEGIN SOLUTION
social_care_week = "b"
### END SOLUTION

# %% question="after_the_peak"
### BEGIN SOLUTION
after_the_peak = "b"
### END SOLUTION

# %% question="confidence_so_far"
### BEGIN SOLUTION
confidence_so_far = "4"
### END SOLUTION

# %% [markdown]
# ## Your turn: parking
#
# These are the 52 weeks of calls about parking from April 2024, a quarter in each column. The date is that of the
# column's first week. One week is not like the others. Below the weeks are the mean and the mean step.

# %%
import pandas as pd


def by_quarter(weeks):
    """52 weeks as a table: 13 rows, and a column for each quarter."""
    columns = {
        f"{weeks.index[start]:%-d %b %Y}": weeks.iloc[start : start + 13].to_numpy() for start in (0, 13, 26, 39)
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(1, 14, name="week"))


by_quarter(first["Parking"])

# %%
pd.DataFrame(
    {
        "mean": first[["Parking", "Waste and recycling"]].mean().round(1),
        "mean step": first[["Parking", "Waste and recycling"]].diff().abs().mean().round(1),
    }
)

# %% [markdown]
# You may use the way shown above or any other that you know, such as two or three standard deviations.

# %% question="parking_limit"
### BEGIN SOLUTION
parking_limit = 354.9
### END SOLUTION

# %% [markdown]
# ## Your turn: bins
#
# Now calls about waste and recycling. In the first year every week was usual. Below is the second year. Judge it by the
# limits of the **first** year, because a change must be measured against what was usual before it.

# %%
by_quarter(second["Waste and recycling"])

# %% tags=["picture"] alt="For 65 weeks, calls about waste stay between 403 and 522. From the week of 30 June 2025 on, every week lies above the first year's upper limit of 547. One of them, the week of 29 December 2025, reaches 1,265."
chart(calls["Waste and recycling"], first["Waste and recycling"])

# %% question="waste_weeks"
### BEGIN SOLUTION
waste_weeks = 39
### END SOLUTION

# %% [markdown]
# This is no longer a matter of single weeks. At the end of June new bin rounds began, and the usual level moved. It is
# time for new limits, and for a question about the rounds.
#
# ## What sort of change?
#
# Four things can look alike in a report that compares this week with the last. Here are the limits of the first year.

# %%
others = [service for service in calls if service != "Parking"]
steps = first[others].diff().abs().mean()
pd.DataFrame(
    {
        "lower limit": (first[others].mean() - 2.66 * steps).round().astype(int),
        "upper limit": (first[others].mean() + 2.66 * steps).round().astype(int),
    }
)

# %% question="sort_of_change"
### BEGIN SOLUTION
sort_of_change = {
    "social": "wobble",
    "planning": "wobble",
    "housing": "once",
    "rounds": "shift",
    "december": "once",
    "tax": "yearly",
}
### END SOLUTION

# %% [markdown]
# ## Extra, with code
#
# This one is not marked, and you can leave it out. Use any way to find limits that you like. It is tried on weeks that
# you have not seen.


# %% question="outside"
def outside(usual, weeks):
    """The numbers in `weeks` that lie outside the limits of the `usual` weeks, as a list."""
    ### BEGIN SOLUTION
    before = pd.Series(usual)
    width = 2.66 * before.diff().abs().mean()
    return [each for each in weeks if abs(each - before.mean()) > width]
    ### END SOLUTION


# %% [markdown]
# ## Take it to work
#
# Many reports show this period, the last one, and an arrow. An arrow cannot tell a signal from noise.

# %% question="action"
### BEGIN SOLUTION
action = "The weekly complaints report: I will draw the last 52 weeks with limits in place of the arrow."
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
# - Numbers wobble without a reason. About half of all weeks are higher than the week before.
# - Work out the limits of usual weeks first. Ask about weeks outside them, and leave the others alone.
# - Judge a change by the limits of the time before it.
# - Weeks that stay outside, on one side, mean that the usual level has moved.
