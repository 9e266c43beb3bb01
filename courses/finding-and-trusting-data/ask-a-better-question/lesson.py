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
# # Ask a better question
#
# About 20 minutes. Twelve short questions, three of them marked. You need no code: every question can be answered by
# choosing or by typing a few words.
#
# By the end you can:
#
# - turn a worry into a question that data can answer
# - choose the least data that answers it
# - see when no amount of data will.
#
# ## A question from a councillor
#
# After a ward forum a councillor writes: "Residents say fly-tipping is getting worse in East Acton. Please send me all
# the data you have."
#
# The officer is kind and quick, and sends the whole file: 5,677 reports. A week later the councillor writes again.
# "Thank you. I have looked at it for two evenings. *Is* it getting worse?"
#
# Both did what seemed right. Yet nobody had said what to count, where, and over which time. In this lesson you will.
#
# Source: invented data, made for these lessons. The ward names are real; the reports are not.

# %% question="confidence_before"
### BEGIN SOLUTION
confidence_before = "2"
### END SOLUTION

# %% [markdown]
# ## Your prediction
#
# Have a guess before you look. A wrong guess costs nothing, and guessing first helps you to remember.

# %% question="predict_rows"
### BEGIN SOLUTION
predict_rows = "c"
### END SOLUTION

# %% [markdown]
# ## From a worry to a question
#
# A worry is honest, and it is vague. It becomes a question when four gaps are filled:
#
# | Gap | Ask | For this worry |
# |---|---|---|
# | Data | Which table has a row for this sort of thing? | the reports from residents |
# | Measure | What shall we count, or work out? | the number of reports of fly-tipping |
# | Place | Where, and compared with where? | East Acton |
# | Period | When, and compared with when? | each of the last four quarters |
#
# Say the four in one sentence: **how many reports of fly-tipping were there in East Acton in each of the last four quarters?**
# Now anybody can find the answer, and two people will find the same one.

# %%
from digital_council import datasets

reports = datasets.open("street_reports")
asked = reports[(reports["ward_name"] == "East Acton") & (reports["category"] == "Fly-tipping")]
print(f"{len(reports):,} reports in the file, {len(asked)} that the question is about")
asked[["report_id", "reported_on", "ward_name", "category", "status"]].head(3).reset_index(drop=True)

# %% [markdown]
# Of all those rows, 48 are about the question. The others are true, and no use here. The councillor spent two evenings
# looking for 48 rows among thousands.

# %% tags=["picture"] alt="In East Acton there were 10, 13, 9 and 16 reports of fly-tipping in the four quarters of the year: the last quarter is the highest, by three reports."
import matplotlib.pyplot as plt

plt.rc("font", size=12)  # large enough to read on a phone

quarters = asked.groupby(asked["reported_on"].dt.to_period("Q")).size()
labels = ["April to June", "July to September", "October to December", "January to March"]

figure, axes = plt.subplots(figsize=(5, 2.4), layout="constrained")
bars = axes.barh(labels, quarters.tolist(), color="#1d70b8")
axes.bar_label(bars, padding=4)
axes.invert_yaxis()
axes.set_xlim(0, 20)
axes.set_xticks([0, 5, 10, 15, 20])
axes.set_xlabel("Reports of fly-tipping in East Acton")
axes.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# Notice three things.
#
# 1. The question now has an answer: 10, 13, 9 and 16 reports. The last quarter is the highest.
# 2. The answer is modest. Sixteen is three more than in the summer. Numbers as small as these go up and down by themselves.
# 3. It answers the question that was asked, about *reports*. Whether more rubbish was dumped is another question. For
#    that one somebody has to go and look at the streets.
#
# A good question also shows what is missing. "Worse" means worse than before. The file holds one year, so it cannot
# compare this winter with the last one.
#
# Source: invented data, made for these lessons.

# %% question="can_be_answered"
### BEGIN SOLUTION
can_be_answered = "b"
### END SOLUTION

# %% question="more_years"
### BEGIN SOLUTION
more_years = "b"
### END SOLUTION

# %% question="confidence_so_far"
### BEGIN SOLUTION
confidence_so_far = "4"
### END SOLUTION

# %% [markdown]
# ## What there is to choose from
#
# Here are four tables that the council keeps. A table can only answer questions about the things that its rows stand for.
#
# | Table | One row is | It says |
# |---|---|---|
# | street_reports | one report by one person | ward, kind of problem, day it came in, day it was closed, who reported (as a code) |
# | street_inspections | one ward in one quarter | kilometres walked, defects found |
# | wards | one ward | its town, how many people live there |
# | contacts | one service and channel in one week | how many contacts there were, how many calls were answered |
#
# The reports and the inspections cover April 2025 to March 2026. Inspectors walk streets that are chosen at random. They
# note every defect, reported or not.
#
# ## Your turn
#
# Three worries follow. For each, choose the data, **one** measure, **one** place and **one** period. Take as little data
# as will do it. Some worries need two tables. There is more than one right set: any set that can answer the worry passes.

# %% question="slow_potholes"
### BEGIN SOLUTION
slow_potholes = ["data_reports", "data_wards", "measure_days", "place_southall", "period_quarters"]
### END SOLUTION

# %% question="state_of_streets"
### BEGIN SOLUTION
state_of_streets = ["data_inspections", "data_wards", "measure_defects_km", "place_two_towns", "period_year"]
### END SOLUTION

# %% question="quiet_wards"
### BEGIN SOLUTION
quiet_wards = ["data_reports", "data_wards", "measure_people_rate", "place_each_ward", "period_year"]
### END SOLUTION

# %% [markdown]
# ## Take it to work
#
# The next time somebody asks you for "all the data", reply with one question of your own: "What would you like to
# decide with it?" The four gaps fill themselves from the answer.

# %% question="action"
### BEGIN SOLUTION
action = "Worry: the phones are busy. Question: what share of calls waited over five minutes, each week since May?"
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
# - A worry becomes a question when you can name the data, the measure, the place and the period.
# - More data does not answer a question that nobody has asked. Take the least that will do.
# - "Worse" and "slow" need something to compare with.
# - If no table has rows about the thing, more rows will not help. Ask, look or measure.
