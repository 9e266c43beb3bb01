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
# # Fair comparison
#
# About 22 minutes, without the extra at the end. Twelve short questions, two of them marked. You need no code: the
# marked questions can be answered by filling in three numbers and by choosing.
#
# By the end you can:
#
# - turn counts into rates, so that large and small places can be compared
# - keep the places where nothing was counted
# - choose what to divide by, and say what a rate does not tell.
#
# ## A question from the ward forum
#
# The street team can visit one ward more often. "Southall Broadway sent you 98 reports last year," says a resident at
# the forum. "Southall West sent 75. Surely the team should come to us." A resident from the other ward answers: "We are
# a smaller ward. Of course we send fewer."
#
# Who is right? You have two lists: what residents reported, and how many people live in each ward.
#
# Source: the ward names are real. All counts here, of reports and of residents in each ward, are invented for lessons.

# %% question="confidence_before"
### BEGIN SOLUTION
confidence_before = "2"
### END SOLUTION

# %% [markdown]
# ## Your prediction
#
# Guess before you look. A wrong guess costs nothing, and guessing first helps you to remember.

# %% question="predict_southall"
### BEGIN SOLUTION
predict_southall = "b"
### END SOLUTION

# %% [markdown]
# ## From counts to rates
#
# A *rate* says how many for each person, or for each thousand people. Divide the count by the residents, then multiply
# by 1,000. Here are the six wards of one town, in order of name.

# %%
from digital_council import datasets

reports = datasets.open("street_reports")
wards = datasets.open("wards").set_index("ward_name")

wards["reports"] = reports.groupby("ward_name").size()
wards["per_1000"] = wards["reports"] / wards["population"] * 1000
southall = wards.loc[wards["town"] == "Southall", ["reports", "population", "per_1000"]]
southall.rename(columns={"per_1000": "per 1,000"}).round(2)

# %% [markdown]
# Southall West has 75 ÷ 10,963 × 1,000 = 6.84 reports for every thousand residents. Southall Broadway has 6.13. So the
# ward with fewer reports has *more* for its size. Four wards of the town sent more reports than Southall West, and all
# four have a lower rate.
#
# Why a thousand? For each person the rate would be 0.00684, which nobody can say aloud. The rule is: choose the number
# that gives figures you can speak.
#
# Source: invented data, made for these lessons.
#
# Here are all 24 wards, placed roughly as on a map.

# %% tags=["picture"] alt="Rates run from 4.9 reports per 1,000 residents in Dormers Wells to 62.4 in Pitshanger. The wards with more than 20 lie in the middle and south-east of the map: Ealing Common, Northfield, Pitshanger, Southfield and Walpole."
import matplotlib.pyplot as plt

plt.rc("font", size=12)  # large enough to read on a phone

figure, axes = plt.subplots(figsize=(5, 4.4), layout="constrained")
for name, ward in wards.iterrows():
    x, y, rate = ward["tile_column"], ward["tile_row"], ward["per_1000"]
    shade = plt.cm.Blues(min(rate / 50, 1) * 0.9 + 0.05)
    axes.add_patch(plt.Rectangle((x, y), 0.96, 0.94, facecolor=shade, edgecolor="#505a5f"))
    ink = "white" if rate > 35 else "black"
    axes.text(x + 0.48, y + 0.32, name.replace(" ", "\n"), color=ink, ha="center", va="center", fontsize=8.4)
    axes.text(x + 0.48, y + 0.74, f"{rate:.1f}", color=ink, ha="center", va="center", fontsize=11)
axes.set(xlim=(-0.05, 7), ylim=(5, -0.05), title="Reports per 1,000 residents\nApril 2025 to March 2026")
axes.axis("off")
plt.show()

# %% [markdown]
# Five wards are above 20: Ealing Common, Northfield, Pitshanger, Southfield and Walpole.
#
# A rate allows for one thing: the size of the ward. It does not allow for everything. In three wards, the two people who
# report most sent more than half of all the ward's reports. A high rate may mean bad streets, or keen
# reporters. To tell which, somebody has to go and look.
#
# Source: invented data, made for these lessons.

# %% question="two_wards"
### BEGIN SOLUTION
two_wards = "b"
### END SOLUTION

# %% [markdown]
# ## The wards that are not in the list
#
# Now one sort of report: abandoned vehicles. We count the reports for each ward that has any. Here is the list.

# %%
vehicles = reports[reports["category"] == "Abandoned vehicle"]
counts = vehicles.groupby("ward_name", observed=True).size().rename("reports")
print(f"{len(counts)} wards in the list, {counts.sum()} reports")
counts.to_frame()

# %% [markdown]
# There are 24 wards, and 21 are in the list. A count made from reports has a row only where there was a report.

# %% question="not_in_the_list"
### BEGIN SOLUTION
not_in_the_list = "b"
### END SOLUTION

# %% question="confidence_so_far"
### BEGIN SOLUTION
confidence_so_far = "4"
### END SOLUTION

# %% [markdown]
# Three wards have not been forgotten by anybody: nothing was reported there, so there was nothing to count. This
# matters. Somebody who works out "reports for each ward" from the list gets 175 ÷ 21 = 8.3. The truth is
# 175 ÷ 24 = 7.3. And whoever looks for their own ward finds no answer, where the answer is "none".
#
# So start from the list of *places*, and bring the counts to it. Where there is no count, write 0.
#
# ## Your turn
#
# You have the reports of abandoned vehicles above. Here are the residents.

# %%
wards[["population"]]

# %% [markdown]
# If you use code, give all 24 wards: a table with the columns `ward_name` and `rate`, or rates with the names of the wards
# beside them.

# %% question="vehicle_rates"
### BEGIN SOLUTION
vehicle_rates = (counts.reindex(wards.index, fill_value=0) / wards["population"] * 1000).rename("rate").reset_index()
### END SOLUTION

# %% [markdown]
# ## Divide by what?
#
# Residents are not always the right thing to divide by. Ask: *who or what could have had this happen to it?* Divide by
# that. And sometimes you should not divide at all. A crew that has to clear every report needs the number of reports.

# %% question="divide_by"
### BEGIN SOLUTION
divide_by = {
    "bins": "households",
    "workload": "nothing",
    "litter": "area",
    "letters": "chances",
    "courses": "residents",
    "skips": "nothing",
}
### END SOLUTION

# %% [markdown]
# ## Extra, with code
#
# This one is not marked, and you can leave it out. It is tried on places that you have not seen, and some of them have
# no count.


# %% question="rates_of"
def rates_of(counts, residents):
    """The rate per 1,000 residents of every place in `residents`; both are dictionaries by place."""
    ### BEGIN SOLUTION
    return {place: 1000 * counts.get(place, 0) / people for place, people in residents.items()}
    ### END SOLUTION


# %% [markdown]
# ## Take it to work
#
# Wherever places or teams of different size stand side by side, the largest tends to come out on top. Look for it.

# %% question="action"
### BEGIN SOLUTION
action = "Complaints by housing estate: divide by homes, and list the estates with none."
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
# - A larger place has more of nearly everything. Divide before you compare.
# - Divide by who or what it could have happened to.
# - Start from the list of places, so that "none" is shown as 0 and not lost.
# - A rate makes size fair, and nothing else. Say what it counts: reports are not the same as problems.
