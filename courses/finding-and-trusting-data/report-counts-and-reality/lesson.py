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
# # Report counts and reality
#
# About 25 minutes. Thirteen short questions, three of them marked. You need no code: a calculator will do. The last task is
# extra, for people who like code. Leave it out if you wish.
#
# By the end you can:
#
# - tell how often something *happens* from how often it is *reported*
# - work out reports per user, and say what it shows
# - choose the claim that the data supports.
#
# ## A question from the cabinet member
#
# There is money to mend the streets of one ward. "Let us help where it is worst," says the cabinet member. "Residents have
# told us where that is. We had 902 reports about Pitshanger, and 98 about Southall Broadway."
#
# The counts are right. The wish is a good one. Yet the money may be about to go to the wrong place. Before you decide, ask
# what the number counts: broken streets, or people who told us about them?
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

# %% question="predict_defects"
### BEGIN SOLUTION
predict_defects = "c"
### END SOLUTION

# %% [markdown]
# ## Two ways to look at a street
#
# *Reports* come from residents. For a report to reach us, five things must happen. Something is wrong. Somebody sees it. They
# know where to tell us. They have the time. And they believe that it will help.
#
# *Inspections* are made by our own staff. They walk streets that are chosen at random, and write down every defect. Nobody
# has to ask them to come.
#
# Here are the three wards with the most reports and the three with the fewest.

# %%
from digital_council import datasets

reports = datasets.open("street_reports")
inspections = datasets.open("street_inspections")

walked = inspections.groupby("ward_name", observed=True)[["street_km", "defects"]].sum()
told = reports.groupby("ward_name", observed=True).agg(
    reports=("report_id", "count"),
    people=("user_id", "nunique"),
)
by_ward = told.join(walked).sort_values("reports", ascending=False)
by_ward["defects_per_km"] = by_ward["defects"] / by_ward["street_km"]

# %% tags=["picture"] alt="The three wards with the most reports, Pitshanger with 902, Walpole with 652 and Northfield with 607, have 2.6 to 2.9 defects for each kilometre. The three with the fewest, Lady Margaret with 83, Southall West with 75 and Dormers Wells with 73, have 5.0 to 5.5."
import matplotlib.pyplot as plt

plt.rc("font", size=12)  # large enough to read on a phone

ends = by_ward.iloc[[0, 1, 2, -3, -2, -1]]
figure, (left, right) = plt.subplots(1, 2, figsize=(5, 3.2), sharey=True, layout="constrained")
bars = left.barh(ends.index.astype(str), ends["reports"], color="#1d70b8")
left.bar_label(bars, padding=4)
left.set(title="Reports", xlim=(0, 1400), xticks=[])
bars = right.barh(ends.index.astype(str), ends["defects_per_km"], color="#5694ca")
right.bar_label(bars, fmt="%.1f", padding=4)
right.set(title="Defects per km", xlim=(0, 7.5), xticks=[])
left.invert_yaxis()
for axes in (left, right):
    axes.spines[["top", "right", "bottom"]].set_visible(False)
plt.show()

# %% [markdown]
# The two sides disagree. In these six wards, where there are many reports there are few defects. Neither side is wrong.
# They count different things.
#
# Money that follows reports would go where streets are sound and people are used to being heard.

# %% question="nine_times"
### BEGIN SOLUTION
nine_times = "b"
### END SOLUTION

# %% [markdown]
# ## Who is telling us?
#
# Reports come in by several channels. A report has a code for the person who sent it, the *user*. The code does not say who
# it is, and is the same for all reports by one person. So we can count *reports*, and we can count *people*.

# %%
by_channel = reports.groupby("channel", observed=True).agg(
    reports=("report_id", "count"),
    people=("user_id", "nunique"),
)
by_channel.reset_index()

# %% [markdown]
# Divide the one by the other, and you have **reports per user**: how often one person reports, on average. For the website
# that is 1,039 ÷ 898, which is about 1.16. Most people who use the website report once a year.
#
# A few people report a great deal. The ten most active sent 1,690 of the 5,677 reports, or 30%. They are a help: each report
# is a thing that somebody saw and took the trouble to tell us. But ten people are not the borough.
#
# A tip: if reports per user are near one, the count is close to a count of people. The higher it is, the more the count is
# about a few of them.

# %% question="close_the_line"
### BEGIN SOLUTION
close_the_line = "b"
### END SOLUTION

# %% question="confidence_so_far"
### BEGIN SOLUTION
confidence_so_far = "4"
### END SOLUTION

# %% [markdown]
# ## Your turn
#
# Use the table by channel above for task 1. If you like code, the tables are `reports` and `inspections`.

# %% question="app_reports_per_user"
### BEGIN SOLUTION
app_reports_per_user = 2.43
### END SOLUTION

# %% [markdown]
# Now three wards: the one with the most reports, one from the middle, and the one of which the cabinet member spoke. Here is
# what you need. The kilometres and the defects are from all four inspections of the year, added up.

# %%
names = ["Pitshanger", "East Acton", "Southall Broadway"]
three = by_ward.loc[names, ["reports", "people", "street_km", "defects"]].round(1)
three = three.rename_axis("ward").reset_index()
three

# %% question="three_wards"
### BEGIN SOLUTION
three_wards = [{"ward": "Pitshanger", "reports_per_user": 3.74, "defects_per_km": 2.58},
               {"ward": "East Acton", "reports_per_user": 1.44, "defects_per_km": 4.69},
               {"ward": "Southall Broadway", "reports_per_user": 1.08, "defects_per_km": 6.41}]  # fmt: skip
### END SOLUTION

# %% [markdown]
# You now have what you need to advise the cabinet member. Hold each sentence against the numbers you have just worked out.

# %% question="claim"
### BEGIN SOLUTION
claim = "b"
### END SOLUTION

# %% [markdown]
# ## What reports are good for
#
# The three wards are no exception. In no ward of the borough did inspectors find more defects for each kilometre than in
# Southall Broadway, and in none fewer than in Pitshanger.
#
# Keep both sources. Reports tell us *what to mend today*, and where. Inspections tell us *which streets are in a poor state*. And the
# gap between them tells us *whom we do not hear*. A quiet ward is a reason to go and ask.
#
# The same holds for complaints, for crimes that are recorded, for calls and for sick days. Each counts what somebody wrote
# down.
#
# ## For people who like code
#
# This one is extra, and not marked. It will be tried on lists that you have not seen.


# %% question="reports_per_user"
def reports_per_user(users):
    ### BEGIN SOLUTION
    return len(users) / len(set(users))
    ### END SOLUTION


# %% [markdown]
# ## Take it to work
#
# Think of a count that your team reports. Who has to do something before it goes up by one?

# %% question="action"
### BEGIN SOLUTION
action = "Missed bins per crew counts calls from residents. I will set it beside the crews' own log."
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
# - A count of reports counts reporting. Most reports does not mean worst area.
# - Few reports may mean few problems, or few people who tell us. The count cannot say which.
# - Reports per user shows whether many people speak, or a few speak often.
# - To know the state of things, find a source that does not wait for somebody to report.
