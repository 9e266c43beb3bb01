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
# # Percent or points
#
# About 24 minutes, without the extra at the end. Thirteen short questions, three of them marked. You need no code: every
# marked question can be answered by typing a number or choosing. If you like code, you can use it for tasks 1 and 2.
#
# By the end you can:
#
# - combine quarters into a year to date
# - say a change in percentage points, and in per cent
# - see when "per cent" leaves out the words "of what".
#
# ## A question about a real report
#
# In 2023/24 Ealing Council reported how many requests for information it had answered within 20 days: 89% in the first
# quarter, and 94% in the second. For the two together, the report gave 91.9%.
#
# Source: performance report for quarter 2 of 2023/24, as quoted in the local press.
#
# A reader adds 89 and 94 and halves the sum. That makes 91.5. "The report is wrong," says the reader. Is it?
#
# We cannot look at the real requests. So the log in this lesson is invented, with quarters that come out alike.

# %% question="confidence_before"
### BEGIN SOLUTION
confidence_before = "2"
### END SOLUTION

# %% [markdown]
# ## Your prediction
#
# Guess before you look. A wrong guess costs nothing, and guessing first helps you to remember.

# %% question="predict_half_year"
### BEGIN SOLUTION
predict_half_year = "b"
### END SOLUTION

# %% [markdown]
# ## Two quarters into a half year
#
# Each row of the log is one request, with the day it was received and whether the answer went on time. We count both for
# each quarter.

# %%
import pandas as pd

from digital_council import datasets

log = datasets.open("foi_log")
quarter = ((log["received_on"].dt.month - 4) % 12 // 3 + 1).rename("quarter")
quarters = pd.DataFrame({"on time": log.groupby(quarter)["on_time"].sum(), "requests": quarter.value_counts()})
quarters["late"] = quarters["requests"] - quarters["on time"]
quarters["% on time"] = (quarters["on time"] / quarters["requests"] * 100).round(1)
quarters

# %% [markdown]
# Quarter 1 had 217 requests and quarter 2 had 300. For the half year, put the requests of both quarters into one pile.
# 193 + 282 = 475 were answered on time, out of 217 + 300 = 517. That is 475 ÷ 517 = 91.9%.
#
# The mean of the two percentages is 91.5%. It is lower because it lets both quarters count the same, and the better
# quarter had more requests. A percentage has forgotten how many it was made from. **So add the counts first, and divide
# last.**

# %% tags=["picture"] alt="Quarter 2 had 300 requests, 94.0% of them on time. Quarter 1 had only 217, with 88.9% on time. So quarter 2 counts for more, and the half year comes to 91.9% and not 91.5%."
import matplotlib.pyplot as plt

plt.rc("font", size=12)  # large enough to read on a phone

figure, axes = plt.subplots(figsize=(5, 2.9), layout="constrained")
names = [f"Quarter {number}" for number in quarters.index]
axes.barh(names, quarters["on time"], color="#1d70b8", edgecolor="black", label="on time")
axes.barh(
    names, quarters["late"], left=quarters["on time"], color="white", edgecolor="black", hatch="////", label="late"
)
for place, (on_time, requests, _, percent) in enumerate(quarters.itertuples(index=False)):
    axes.text(5, place, f"{on_time} of {requests}: {percent}%", va="center", color="white")
axes.invert_yaxis()
axes.set_xlabel("Requests received\nApril 2025 to March 2026")
axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)
axes.spines[["top", "right"]].set_visible(False)
plt.show()

# %% question="two_teams"
### BEGIN SOLUTION
two_teams = "b"
### END SOLUTION

# %% [markdown]
# ## Points and per cent
#
# From quarter 1 to quarter 2 the share on time went from 88.9% to 94.0%. How much is that? There are two true answers.
#
# - Take one from the other: 94.0 − 88.9 = 5.1 **percentage points**.
# - Ask how large the change is beside where it began: 5.1 ÷ 88.9 = 5.7 **per cent** more.
#
# And a third: late answers fell from 24 to 18. That is 6 ÷ 24, a quarter fewer. One piece of news can be told as
# 5 points, 6 per cent or 25 per cent. None is false. But "up 5.1%" *is* false, and it is what most people write.
#
# Two rules keep you safe. Between two percentages, say **percentage points**. And whenever you say **per cent**, say per
# cent *of what*: the number where the change began.
#
# That number matters. Requests rose from 217 to 300. That is 83 more, and 83 ÷ 217 = 38% more. On the way back from 300
# to 217 it is the same 83 fewer, but 83 ÷ 300 = 28% fewer.

# %% question="satisfied"
### BEGIN SOLUTION
satisfied = "b"
### END SOLUTION

# %% question="confidence_so_far"
### BEGIN SOLUTION
confidence_so_far = "4"
### END SOLUTION

# %% [markdown]
# ## Your turn
#
# Here is the table again. It is all that you need for the three tasks.

# %%
quarters

# %% question="year_to_date"
### BEGIN SOLUTION
year_to_date = 91.3
### END SOLUTION

# %% question="points_down"
### BEGIN SOLUTION
points_down = 4.6
### END SOLUTION

# %% question="true_sentences"
### BEGIN SOLUTION
true_sentences = {
    "points": "right",
    "percent": "wrong",
    "late": "right",
    "back": "wrong",
    "nine": "wrong",
    "third": "right",
}
### END SOLUTION

# %% [markdown]
# ## Extra, with code
#
# This one is not marked, and you can leave it out. It is tried on years that you have not seen.


# %% question="combined"
def combined(quarters):
    """The percentage on time of all quarters together; each quarter is a pair (on time, requests)."""
    ### BEGIN SOLUTION
    punctual = sum(pair[0] for pair in quarters)
    return 100 * punctual / sum(pair[1] for pair in quarters)
    ### END SOLUTION


# %% [markdown]
# ## Take it to work
#
# Percentages of percentages sit in many spreadsheets, in the last row, under the word "average".

# %% question="action"
### BEGIN SOLUTION
action = "The total row of the complaints sheet averages four percentages. I will add the counts and divide."
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
# - To combine percentages, add the counts first and divide last.
# - The mean of percentages is right only when every group has the same size.
# - Between two percentages, say percentage points.
# - Whenever you say per cent, say of what.
