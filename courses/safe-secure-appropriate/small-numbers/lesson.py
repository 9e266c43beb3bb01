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
# # Small numbers
#
# About 25 minutes. Eleven short questions, two of them marked. You need no code: a pencil is enough. If you like code,
# you can use it for both tasks.
#
# By the end you can:
#
# - attack a table as a curious reader would, with its totals
# - protect small numbers by hiding, merging or rounding, and prove that it worked.
#
# ## A question from a committee clerk
#
# "The committee wants early help referrals by ward," says the clerk. "I have blanked every number under 5, so nobody can be
# recognised. Can it go on the website?"
#
# The next morning a resident rings. "One person in my ward is waiting for help. That is my neighbour, isn't it?" She had only
# used a pencil.
#
# The counts here are invented. They come from an invented list of referrals with names and dates of birth, which only its
# owners may open. So this lesson holds the counts and not the list: take no more than you need.

# %% question="confidence_before"
### BEGIN SOLUTION
confidence_before = "2"
### END SOLUTION

# %% [markdown]
# ## Your prediction
#
# In a table with totals, one small number is blanked and everything else is shown. Have a guess before you look.

# %% question="predict_blank"
### BEGIN SOLUTION
predict_blank = "c"
### END SOLUTION

# %% [markdown]
# ## The clerk's table
#
# These are three wards and what came of the referrals: support began, advice was given, or something else; or the person is
# still waiting. In this lesson a count of people **from 1 to 4** must not be known.
# Rules in use differ: some hide what is under 5, others what is under 8 or under 10. Each council sets its number, and thinks
# about who might be recognised.

# %%
import pandas as pd

from digital_council.datasets import suppression


def with_totals(counts):
    table = counts.copy()
    table["Total"] = table.sum(axis=1)
    table.loc["Total"] = table.sum()
    return table


three_wards = with_totals(
    pd.DataFrame(
        {"Support": [24, 24, 22], "Advice": [9, 14, 25], "Other": [13, 10, 13], "Waiting": [7, 1, 7]},
        index=["East Acton", "North Acton", "South Acton"],
    )
)
one_blanked = three_wards.astype("object")
one_blanked.loc["North Acton", "Waiting"] = "[c]"
one_blanked

# %% [markdown]
# The mark `[c]` means *confidential*. Use it, and not an asterisk, which screen readers struggle
# with.
#
# Now take a pencil. The row for North Acton adds up to 49. So 49 − 24 − 14 − 10 = **1**. The blank hid nothing.
#
# Very well, hide a second number in that row, "Other". Then go down the columns instead. The column Waiting adds up to 15:
# 15 − 7 − 7 = **1**. Still nothing is hidden.
#
# Hide four numbers that form the corners of a box: two wards, and two columns. Now each row and each column has two unknown
# numbers, and the pencil gets stuck. Here is what a reader can work out about the 1 each time.
#
# Source: invented data, made for this lesson.

# %% tags=["picture"] alt="With one number hidden, or two in one row, a reader works out exactly 1. With four hidden at the corners of a box, the number could be anything from 0 to 8."
import matplotlib.pyplot as plt

plt.rc("font", size=12)  # large enough to read on a phone

hidden = {
    "only the small one": [("North Acton", "Waiting")],
    "a second in its row": [("North Acton", "Waiting"), ("North Acton", "Other")],
    "the corners of a box": [
        ("North Acton", "Waiting"),
        ("North Acton", "Other"),
        ("East Acton", "Waiting"),
        ("East Acton", "Other"),
    ],
}
figure, axes = plt.subplots(figsize=(5, 2.4), layout="constrained")
for place, cells in enumerate(hidden.values()):
    published = three_wards.astype("object")
    for ward, outcome in cells:
        published.loc[ward, outcome] = "[c]"
    left = suppression.prove(published, threshold=5).bounds["North Acton", "Waiting"]
    axes.plot([left.low, left.high], [place, place], "o-", linewidth=4, color="#1d70b8")
    said = f"exactly {left.low}" if left.low == left.high else f"from {left.low} to {left.high}"
    axes.annotate(said, (left.high, place), xytext=(10, -4), textcoords="offset points")
axes.set_yticks(range(3), list(hidden))
axes.set_ylim(2.5, -0.5)
axes.set_xlim(-0.5, 12)
axes.set_xlabel("What the hidden number could be")
axes.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# When is a hidden number safe? In this lesson: when everything that is shown still leaves **a range at least 5 wide that
# reaches 5 or more**. From 0 to 8 is safe. From 2 to 4 is not: it says that few people are meant.
#
# The Information Commissioner's guidance calls this reader a *motivated intruder*: somebody who wants to know and takes the
# time. It asks three things. Can a person be singled out? Can tables be put together? Can something be worked out about
# somebody? It sets no number.
#
# Source: ICO, guidance on anonymisation, 28 March 2025.

# %% question="second_in_row"
### BEGIN SOLUTION
second_in_row = "b"
### END SOLUTION

# %% [markdown]
# ## Three ways to protect a table
#
# | Way | What you do | What it costs the reader |
# |---|---|---|
# | Hide | Put `[c]` in the small numbers, and in others so that the pencil gets stuck | Some numbers are gone |
# | Merge | Join columns or wards, such as "Passed on or Declined" | Less detail, and no holes |
# | Round | Give every number to the nearest 5 | Nothing is exact, and sums may not add up |
#
# All three are good ways. Choose by what your reader needs to see.

# %% question="which_way"
### BEGIN SOLUTION
which_way = "c"
### END SOLUTION

# %% question="confidence_so_far"
### BEGIN SOLUTION
confidence_so_far = "4"
### END SOLUTION

# %% [markdown]
# ## Your turn: attack
#
# A colleague has published this table. The last ward has three blanks in its row, so it looks safe.

# %%
attacked = with_totals(
    pd.DataFrame(
        {
            "Support": [17, 21, 11],
            "Advice": [18, 20, 7],
            "Passed on": [9, 10, 3],
            "Declined": [3, 3, 1],
            "Waiting": [9, 7, 3],
        },
        index=["Northolt Mandeville", "Northolt West End", "Perivale"],
    )
)
inside = attacked.iloc[:3, :5]
attacked = attacked.astype("object")
attacked.iloc[:3, :5] = inside.astype("object").mask(inside < 5, "[c]")
attacked

# %% question="attack"
### BEGIN SOLUTION
attack = 1
### END SOLUTION

# %% [markdown]
# ## Your turn: protect
#
# Here is the table the committee wants, with nothing hidden yet. **The totals have been on the website for a month**, so every
# reader knows them. They stay as they are.

# %%
referrals = with_totals(
    pd.DataFrame(
        {
            "Support": [26, 38, 34, 30],
            "Advice": [17, 20, 20, 8],
            "Passed on": [10, 11, 10, 2],
            "Declined": [4, 3, 8, 3],
            "Waiting": [9, 10, 10, 5],
        },
        index=["Lady Margaret", "Southall Broadway", "Southall Green", "Southall West"],
    )
)
referrals

# %% [markdown]
# Your table is safe when four things hold:
#
# 1. No number from 1 to 4 is shown.
# 2. For each number from 1 to 4, the totals leave a range at least 5 wide that reaches 5 or more. (If you round: nobody can
#    work out the exact number.)
# 3. What is shown is true, or rounded to 5 throughout.
# 4. At least 10 numbers inside the table are still there. Half of it, so that it is worth reading.
#
# **Without code**: tick the numbers to hide. Start with the small ones, then look at each row and each column with a single
# blank in it. There is more than one answer.
#
# **With code**: end with a table called `safe_table`, in any of the three ways. Write `[c]` where you hide (an empty place
# counts as hidden as well, but tells a reader less). If you join wards or columns, join their names too, such as "Passed on or Declined". `suppression.prove(safe_table, 5)` attacks a table with
# hidden numbers.

# %% question="safe_table"
### BEGIN SOLUTION
safe_table = [
    "Lady Margaret / Declined",
    "Lady Margaret / Passed on",
    "Southall Broadway / Declined",
    "Southall Broadway / Passed on",
    "Southall West / Declined",
    "Southall West / Passed on",
]
### END SOLUTION

# %% [markdown]
# ## Take it to work
#
# Think of a table of people that your team sends out: by ward, by school, by team. Is there a small number in it? Is there a
# total beside it, or in last month's report? Two tables can undo each other too.

# %% question="action"
### BEGIN SOLUTION
action = "I will attack our monthly table of carers by ward with its totals before it goes out."
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
# - Blanking the small numbers is not enough: totals put them back.
# - A row or column with a single blank has no blank. Look along both.
# - Hide, merge or round. Then attack your own table before others do.
# - Mark what is hidden with `[c]`.
