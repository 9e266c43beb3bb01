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
# # Can I trust it?
#
# About 25 minutes. Twelve short questions, two of them marked. You need no code: every marked question can be answered by
# choosing. One is extra, for people who like code. Leave it out if you wish.
#
# By the end you can:
#
# - test whether a table is complete, valid and up to date
# - name the rows that fail, and say why
# - say what to do with them.
#
# ## A question from the director
#
# "How many pupils are in our nursery schools?" An officer opens the list of schools, adds up one column, and answers:
# "4,610, in seven schools."
#
# The sum is right. The answer is not. One of the seven has 4,200 pupils, says the list, in a building with 60 places. The
# other six have 410 between them.
#
# Nobody was careless. The list has neat columns and no red marks, so it looks as if somebody had checked it. Looking tidy
# and being right are two different things. Tests tell them apart.
#
# The list is invented. It was made for this lesson, with some faults put in on purpose.

# %% question="confidence_before"
### BEGIN SOLUTION
confidence_before = "2"
### END SOLUTION

# %% [markdown]
# ## Your prediction
#
# Have a guess before you look. A wrong guess costs nothing, and guessing first helps you to remember.

# %% question="predict_failing"
### BEGIN SOLUTION
predict_failing = "c"
### END SOLUTION

# %% [markdown]
# ## Three tests
#
# The people who keep the list say what a sound row looks like. That gives three tests.
#
# | Test | Ask | For this list |
# |---|---|---|
# | Complete | Is anything missing that should be there? | No blanks. The mark [z] is not a blank: it says that there *can* be no value. |
# | Valid | Could this value be true? | The five rules below. |
# | Up to date | Is it recent enough for what we want to do? | The school confirmed its entry from 31 January 2025 to 31 January 2026, the day of this copy. |
#
# The rules for a valid row:
#
# 1. The phase is Nursery, Primary, Secondary or Special.
# 2. The ward is one of today's wards.
# 3. The postcode is an area and district, a space, then a digit and two letters, as in EA1 4DW.
# 4. There is at least one place and at least one pupil. There are no more pupils than the places and a quarter more.
# 5. Dates exist, and are not later than the copy.
#
# Two schools may share a name. That is no fault: they are in different places.
#
# ## One page together
#
# The list comes on three pages of 32 rows. Here are nine rows of page two. Look for a minute before you read on. Which of
# them would you not rely on?

# %%
from digital_council import datasets

schools = datasets.open("schools")
page_one = schools[schools["row_id"].between(1, 32)]
page_two = schools[schools["row_id"].between(33, 64)]
page_three = schools[schools["row_id"].between(65, 96)]


def as_printed(rows):
    """The rows as they stand on paper: blanks are blank, and [z] says that there can be no value."""
    names = {
        "phase": "phase",
        "pupils_on_roll": "pupils",
        "capacity": "places",
        "nursery_places": "nursery places",
        "last_confirmed": "last confirmed",
        "postcode": "postcode",
        "ward_name": "ward",
        "school_name": "school",
    }
    printed = rows.set_index("row_id")[list(names)].rename(columns=names).astype(object)
    printed["nursery places"] = printed["nursery places"].fillna("[z]")
    return printed.fillna("").rename_axis(index=None, columns="row")


as_printed(page_two).head(9)

# %% [markdown]
# Did you see both? In row 34 the phase is "Primry". In row 41 the number of pupils is blank. Reading every cell works for
# nine rows. For 32 it is tiring, and for thousands nobody can do it. So look at one *column* at a time.
#
# **Count the blanks of each column.** Columns without blanks are left out here.

# %%
blanks = (as_printed(page_two) == "").sum()
blanks[blanks > 0].rename_axis("column").reset_index(name="blanks")

# %% [markdown]
# They are in row 58 and, as you saw, in row 41.
#
# **Tally the words.** Each wrong word stands out, because it is rare.

# %%
page_two["phase"].value_counts().rename_axis("phase").reset_index(name="rows")

# %% [markdown]
# **Sort the dates.** Odd ones gather at the two ends. Numbers can be sorted in the same way.

# %%
by_date = as_printed(page_two).sort_values("last confirmed")[["last confirmed", "school"]]
by_date.iloc[[0, 1, 2, -3, -2, -1]]

# %% [markdown]
# At one end row 51 was last confirmed in January 2024, two years before this copy. At the other end row 63 has a month
# called 13. The rows between them are fine.
#
# Comparing the wards with today's list finds one more. Row 46 says "Elthorne", which is a ward of the old map. That makes
# six rows of page two.

# %% tags=["picture"] alt="Of the 32 rows of page two, 26 pass all three tests, 2 are not complete (rows 41 and 58), 3 are not valid (rows 34, 46 and 63) and 1 is not up to date (row 51)."
import matplotlib.pyplot as plt

plt.rc("font", size=12)  # large enough to read on a phone

found = {
    "pass all three tests": 26,
    "not complete (41, 58)": 2,
    "not valid (34, 46, 63)": 3,
    "not up to date (51)": 1,
}
figure, axes = plt.subplots(figsize=(5, 2.4), layout="constrained")
bars = axes.barh(list(found), list(found.values()), color="#1d70b8")
axes.bar_label(bars, padding=4)
axes.invert_yaxis()
axes.set_xlim(0, 32)
axes.set_xlabel("Rows of page two")
axes.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# Row 51 is the one to remember. Every cell is filled, and each value could be true. It looks as good as its neighbours. Only
# the third test finds it.
#
# The tests have a limit too. They find what *cannot* be right, or what nobody has confirmed. If a school has 407 pupils and
# somebody typed 470, all three tests pass.

# %% question="row_51"
### BEGIN SOLUTION
row_51 = "b"
### END SOLUTION

# %% question="meaning_of_z"
### BEGIN SOLUTION
meaning_of_z = "b"
### END SOLUTION

# %% question="confidence_so_far"
### BEGIN SOLUTION
confidence_so_far = "4"
### END SOLUTION

# %% [markdown]
# ## Your turn
#
# Here once more is what a sound row looks like:
#
# - no blanks; [z] is no blank
# - phase: Nursery, Primary, Secondary or Special
# - postcode: as in EA1 4DW
# - places: 1 or more; pupils: 1 or more, up to the places and a quarter more
# - last confirmed: a day from 31 January 2025 to 31 January 2026.
#
# You can take the wards as right: those that are named here are all of today. First some rows of page one.

# %%
as_printed(page_one[page_one["row_id"].isin([2, 3, 5, 7, 12, 19, 23, 28, 31])])

# %% question="which_test"
### BEGIN SOLUTION
which_test = {
    "row_2": "sound",
    "row_3": "sound",
    "row_5": "stale",
    "row_7": "incomplete",
    "row_12": "invalid",
    "row_19": "invalid",
    "row_23": "incomplete",
    "row_28": "stale",
    "row_31": "sound",
}
### END SOLUTION

# %% [markdown]
# Now the whole of page three. Go down one column at a time: blanks first, then words, then numbers, then dates.
#
# On the page you need not read every cell. Open *Filter, sort, group or chart the table*, below the table:
#
# - keep rows where *any column* *is blank*
# - group by a column of words, such as the phase
# - sort the numbers, and then the dates, and look at both ends
# - keep rows where pupils *is more than* `places`, and look how many more.

# %%
as_printed(page_three)

# %% [markdown]
# If you like code, the page is in `page_three`, where the columns have longer names. The task takes a list of row numbers.
# So the last line of your code could be `failing_on_page_three = page_three.loc[fails, "row_id"]`, where `fails` says for each
# row whether it fails.

# %% question="failing_on_page_three"
### BEGIN SOLUTION
failing_on_page_three = ["69", "72", "77", "85", "88", "90", "93"]
### END SOLUTION

# %% [markdown]
# ## Was your prediction right?
#
# Over all three pages, 19 of the 96 rows fail a test. That is one row in five, in a list that looks tidy.
#
# What now? Do not delete the rows, and do not guess. Mark them, leave them out of sums where they would mislead, and say so
# beside the sum. Then ask those who know, in this case the schools.
#
# ## For people who like code
#
# This one is extra, and not marked. The whole list is in `schools`.

# %% question="failing_rows"
### BEGIN SOLUTION
import pandas as pd

wards = set(datasets.open("wards")["ward_name"])
blank = schools.drop(columns="nursery_places").isna().any(axis=1)
places, pupils = schools["capacity"], schools["pupils_on_roll"]
confirmed = pd.to_datetime(schools["last_confirmed"], format="%Y-%m-%d", errors="coerce")
sound = (
    ~blank
    & schools["phase"].isin(["Nursery", "Primary", "Secondary", "Special"])
    & schools["ward_name"].isin(wards)
    & schools["postcode"].str.fullmatch(r"EA\d \d[A-Z]{2}", na=False)
    & (places.fillna(0) >= 1)
    & pupils.between(1, places * 1.25).fillna(False)
    & confirmed.between("2025-01-31", "2026-01-31")
)
failing_rows = set(schools.loc[~sound, "row_id"])
### END SOLUTION

# %% [markdown]
# ## Take it to work
#
# You need no tool for a first test. Open a list that you rely on, sort one column, and look at both ends. It takes two
# minutes.

# %% question="action"
### BEGIN SOLUTION
action = "The list of keyholders. Up to date: sort by the day each was last confirmed, and ring the oldest five."
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
# - Tidy is not the same as right. Test before you add up.
# - Complete: count the blanks. Valid: tally the words, sort the numbers. Up to date: sort the dates.
# - A mark such as [z] is an answer. A blank is a question.
# - Rows that fail are not for deleting or for guessing. Mark them, say so, and ask.
