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
# # AI at work
#
# About 25 minutes. Fourteen short questions, five of them marked. You need no code. If you like code, you can use it for
# tasks 4 and 5.
#
# By the end you can:
#
# - decide what may be given to an assistant, and what to take out first
# - check a summary against its source, claim by claim.
#
# ## A question from the contact centre
#
# "The assistant writes better than I do," says an adviser. "It wrote the whole monthly note in a minute. Can I just send it? And
# may I paste in the letters that people send us?"
#
# These are two questions. What may go **in**? And can I trust what comes **out**? Nobody is foolish for asking: a text that
# reads well feels true.
#
# The people, letters, prompts and summaries here are invented. So are the figures. They were made for these lessons.

# %% question="confidence_before"
### BEGIN SOLUTION
confidence_before = "3"
### END SOLUTION

# %% [markdown]
# ## Your prediction
#
# An assistant was given the council's reports of potholes, and wrote:
#
# > "Reports of potholes **fell steadily** over the year, **from 250 to 224** a quarter, **thanks to the resurfacing programme**."
#
# The sentence makes three claims. Have a guess before you look.

# %% question="predict_claims"
### BEGIN SOLUTION
predict_claims = "b"
### END SOLUTION

# %% [markdown]
# ## Check it, claim by claim
#
# Here is the source.

# %% tags=["picture"] alt="Pothole reports fell once, from 250 to 205, and then rose in each quarter, to 212 and 224."
import matplotlib.pyplot as plt

from digital_council import datasets

plt.rc("font", size=12)  # large enough to read on a phone

reports = datasets.open("street_reports")
holes = reports[reports["category"] == "Pothole"]
quarters = holes["reported_on"].dt.to_period("Q").value_counts().sort_index()
names = ["April to June", "July to September", "October to December", "January to March"]

figure, axes = plt.subplots(figsize=(5, 2.9), layout="constrained")
bars = axes.bar([name.replace(" ", "\n", 1) for name in names], quarters.to_list(), color="#1d70b8")
axes.bar_label(bars, padding=3)
axes.set_ylim(0, 290)
axes.set_ylabel("Pothole reports")
axes.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# | Claim | What the source says | So |
# |---|---|---|
# | fell steadily | 250, 205, 212, 224: down once, then up twice | Wrong |
# | from 250 to 224 | The first and the last quarter | Right |
# | thanks to the resurfacing programme | There is nothing about resurfacing in the source | Not in the source |
#
# The three claims stand in one smooth sentence, and only one holds. An assistant puts together words that are likely to follow each
# other. Nothing in that makes sure that they agree with the source. So the style tells you nothing about the truth. **Right numbers at the
# front do not vouch for the rest.**

# %% question="fluent"
### BEGIN SOLUTION
fluent = "c"
### END SOLUTION

# %% [markdown]
# ## What may go in
#
# What you type into a service has left your hands. For this lesson your council has four rules. Your own may differ, and then
# yours come first.
#
# | Rule | In words |
# |---|---|
# | The agreed tool | Use only the assistant that the council has agreed to. |
# | No one recognisable | Take out what points at a person: names, addresses, numbers, and what makes them the only one. Nothing marked OFFICIAL-SENSITIVE goes in at all. |
# | No decisions about people | It may help to write. It does not choose, score or decide about a person. |
# | You answer for it | Check it before you use it. Your name is under it. |
#
# The rules follow a national guide with ten principles. Four of them are behind these rules: know what AI cannot do, use it
# lawfully, use it securely, and keep people in control.
#
# Source: AI Playbook for the UK Government, February 2025.

# %% question="private_chat"
### BEGIN SOLUTION
private_chat = "b"
### END SOLUTION

# %% question="confidence_so_far"
### BEGIN SOLUTION
confidence_so_far = "4"
### END SOLUTION

# %% [markdown]
# ## Your turn: what may go in?
#
# Nine requests to the agreed assistant. Too careful costs less than too free: one request kept back without need is fine.

# %% question="sort_prompts"
### BEGIN SOLUTION
sort_prompts = {
    "leaflet": "ok",
    "bin_reply": "redact",
    "interview": "no",
    "formula": "ok",
    "case_notes": "no",
    "complaint": "redact",
    "team_day": "ok",
    "badge": "no",
    "call_note": "redact",
}
### END SOLUTION

# %% [markdown]
# Now one letter. You want the assistant to shorten it to two sentences. Take out what points at the person, and leave what it needs
# for the work.
#
# > Dear Council, I am Ada Thornquist of 14 Bramble Walk. My bin was missed on 3, 10 and 17 March. I rang on 18 March and left my
# > number, 07700 900123. I am the only wheelchair user in our close, so I cannot take the bin to the corner. You gave me the
# > case number 2231-B. Please tell me when the bin will be emptied.

# %% question="redact_letter"
### BEGIN SOLUTION
redact_letter = ["name", "address", "phone", "only_one", "case"]
### END SOLUTION

# %% [markdown]
# ## Your turn: can you trust what came out?
#
# The assistant was given this table of requests for information, and asked for a summary.

# %%
requests = datasets.open("foi_log")
requests["quarter"] = requests["received_on"].dt.to_period("Q")
table = requests.groupby("quarter").agg(received=("reference", "count"), on_time=("on_time", "sum"))
table.index = names
table

# %% [markdown]
# It wrote:
#
# > "Requests **rose in every quarter**, from **217 at the start of the year to 264 at the end**. In all, the council received
# > **1,302 requests**. Over the year, **91% of requests were answered on time**. Performance **improved steadily** through the year, **because of the
# > new online form**."
#
# It reads well. Take a pencil, a calculator or code to each claim. By code: `table` holds the numbers.

# %% question="check_claims"
### BEGIN SOLUTION
check_claims = {
    "every_quarter": "wrong",
    "start_end": "right",
    "total": "wrong",
    "year_on_time": "right",
    "steadily": "wrong",
    "form": "absent",
}
### END SOLUTION

# %% question="true_total"
### BEGIN SOLUTION
true_total = table["received"].sum()
### END SOLUTION

# %% question="last_quarter"
### BEGIN SOLUTION
last_quarter = 100 * table.loc["January to March", "on_time"] / table.loc["January to March", "received"]
### END SOLUTION

# %% [markdown]
# ## Take it to work
#
# Find out which assistant your council has agreed to, and its rules. Or take a text that an assistant wrote for you, and check
# three claims in it against the source.

# %% question="action"
### BEGIN SOLUTION
action = "I will check every number in the next monthly note against the table, and write down who checked."
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
# - What you type has left your hands. Use the agreed tool, and take out what points at a person.
# - A person can be recognised without a name.
# - It may help to write. People decide about people.
# - Smooth is not true. Check each claim: right, wrong, or not in the source.
