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
# # Mark it right
#
# About 20 minutes. Eleven short questions, one of them marked. You need no code. If you like code, you can use it for
# the task.
#
# By the end you can:
#
# - say what OFFICIAL-SENSITIVE means, and what it does not
# - mark a file by what it holds, with a reason.
#
# ## A question from Housing Advice
#
# A new colleague opens a folder on the shared drive. In it lie a leaflet, a budget sheet and the notes of a grievance
# hearing. All three look alike. "How do I know which of these I may send to the whole team?" she asks. "And if I am not sure,
# should I not mark everything OFFICIAL-SENSITIVE, to be safe?"
#
# The files in this lesson are invented: they are a listing made for practice, of a drive with 430 files.

# %% question="confidence_before"
### BEGIN SOLUTION
confidence_before = "3"
### END SOLUTION

# %% [markdown]
# ## Your prediction
#
# On that drive 140 files name people and say something about them. Have a guess before you look.

# %% question="predict_marked"
### BEGIN SOLUTION
predict_marked = "b"
### END SOLUTION

# %% [markdown]
# ## What the drive looks like
#
# Here is how those 140 files are marked now.

# %% tags=["picture"] alt="Of the 140 files about people, 69 are marked OFFICIAL-SENSITIVE, 58 are not marked at all, and 13 are marked OFFICIAL."
import matplotlib.pyplot as plt

from digital_council import datasets

plt.rc("font", size=12)  # large enough to read on a phone

docs = datasets.open("docs").set_index("file_id")
people = docs[docs["about_people"]]
counted = people["marking"].astype("object").fillna("not marked").value_counts()

figure, axes = plt.subplots(figsize=(5, 2.1), layout="constrained")
bars = axes.barh(list(counted.index), list(counted), color="#1d70b8")
axes.bar_label(bars, padding=4)
axes.invert_yaxis()
axes.set_xlim(0, 80)
axes.set_xlabel("Files about people")
axes.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# About half of them, 69, carry the marking they need. Another 58 carry nothing, and 13 carry the wrong one. Nobody did that on
# purpose. But whoever opens one of those 71 has nothing to tell them to take care.
#
# ## What the words mean
#
# Government has **three tiers**: OFFICIAL, SECRET and TOP SECRET. A council's everyday files are OFFICIAL.
#
# **OFFICIAL-SENSITIVE is not a fourth tier.** It is OFFICIAL with a marking that says: *only for people who need to know this for
# their work.* Some OFFICIAL files need that extra care because harm would follow if they went astray.
#
# The policy was written for central government. Councils use it by choice, or because a contract says so. So your own council's
# rules come first.
#
# Source: Government Security Classifications policy, last updated August 2024.
#
# In this lesson two questions decide:
#
# | Ask | If yes |
# |---|---|
# | Does it name people and say something about them? | OFFICIAL-SENSITIVE, because of people |
# | Would it weaken the council's position or security if it got out? | OFFICIAL-SENSITIVE, because of harm |
# | Neither? | OFFICIAL |
#
# The team does not decide, and neither does the folder or the type of file. A leaflet from Adult Social Care is still a
# leaflet. **What it holds** decides.
#
# Three of the files, as an example:
#
# | File | What it holds | So |
# |---|---|---|
# | F0001, a leaflet, marked OFFICIAL | How to use a service, for everybody to read | Right |
# | F0062, a grievance hearing, marked OFFICIAL-SENSITIVE | What one member of staff says another did | Right: about people |
# | F0309, notes of a case conference, marked OFFICIAL | A family's situation, and what was agreed | Too low: about people |

# %% question="what_it_is"
### BEGIN SOLUTION
what_it_is = "c"
### END SOLUTION

# %% [markdown]
# ## Why not mark everything?
#
# Think of a building where every door says "Fire door, keep shut", cupboards as well. Soon nobody reads the signs, and
# the doors that matter stand open. A marking works in the same way. If the leaflets carry it too, people stop seeing it on
# the case notes. And work that should be shared is locked away: the next team asks twice, and then makes its own copy.

# %% question="why_not_all"
### BEGIN SOLUTION
why_not_all = "b"
### END SOLUTION

# %% question="who_may_open"
### BEGIN SOLUTION
who_may_open = "b"
### END SOLUTION

# %% question="confidence_so_far"
### BEGIN SOLUTION
confidence_so_far = "4"
### END SOLUTION

# %% [markdown]
# ## Your turn
#
# Mark 15 files. For each you see its title, what it holds (written for this lesson), and its marking now, which may be
# wrong or missing. Where you choose OFFICIAL-SENSITIVE, you choose the reason as well.
#
# Too low is worse than too high, because people may be hurt. One file marked higher than our answer is fine, if the
# reason you give can be argued from what the file holds.
#
# By code: `docs` holds the listing, with the columns `title`, `marking` and `about_people`, and `fifteen` the numbers. End with a dictionary that gives each number `"official"`,
# `"people"` or `"harm"`.

# %%
fifteen = ["F0002", "F0016", "F0030", "F0063", "F0071"]
fifteen += ["F0075", "F0115", "F0140", "F0202", "F0206"]
fifteen += ["F0211", "F0238", "F0256", "F0369", "F0402"]

# %% question="mark_files"
### BEGIN SOLUTION
mark_files = {
    "F0002": "official",
    "F0016": "people",
    "F0030": "official",
    "F0063": "people",
    "F0071": "official",
    "F0075": "people",
    "F0115": "official",
    "F0140": "official",
    "F0202": "official",
    "F0206": "people",
    "F0211": "official",
    "F0238": "official",
    "F0256": "people",
    "F0369": "people",
    "F0402": "official",
}
### END SOLUTION

# %% [markdown]
# ## Take it to work
#
# Open the last three files you made. Ask the two questions of each, and mark them. It takes two minutes, and the next
# reader will know what to do.

# %% question="action"
### BEGIN SOLUTION
action = "I will check the markings in our complaints folder and mark the ones that have none."
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
# - There are three tiers. OFFICIAL-SENSITIVE is a marking inside OFFICIAL: only for people who need to know.
# - What a file holds decides, not its team, its folder or the marking it has now.
# - A marking on everything is a marking on nothing.
# - Marking without a reason cannot be checked. Give the reason.
