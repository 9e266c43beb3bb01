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
# # Spot the phish
#
# About 20 minutes. Eleven short questions, one of them marked. You need no code. If you like code, you can use it for
# the task.
#
# By the end you can:
#
# - tell where a message and its link really come from
# - report a trap without holding up genuine work.
#
# ## A question from the finance office
#
# It is Monday morning. A message says that a training firm has changed its bank account. The name is right, and there
# is a real invoice to pay. "It knows our supplier," says the finance officer. "And the link has a padlock. So it must
# be safe, mustn't it?"
#
# A message that tries to trick you into a payment, a password or a click is called a *phish*. Good ones fool careful
# people. So the aim is not to feel clever. It is to know where to look, and to say so quickly when you are unsure.
#
# Every message here is invented. They use made-up addresses that end in *.example*. In this lesson `council.example` is
# your own council.

# %% question="confidence_before"
### BEGIN SOLUTION
confidence_before = "3"
### END SOLUTION

# %% [markdown]
# ## Your prediction
#
# Our practice inbox holds 24 messages, and 10 of them have a link. Have a guess before you look. A wrong guess costs
# nothing.

# %% question="predict_padlock"
### BEGIN SOLUTION
predict_padlock = "c"
### END SOLUTION

# %% [markdown]
# ## Four messages, read slowly
#
# Read each one slowly. Do not judge the tone yet. Look at two things only: **the address it came from**, and **where
# the link goes**.

# %%
from digital_council import datasets

inbox = datasets.open("inbox").set_index("message_id")
four = inbox.loc[["M06", "M17", "M11", "M20"]].fillna("none")
for number, message in four.iterrows():
    print(f"{number}  {message.from_name}, {message.from_address}")
    print(f"  {message.subject}")
    print(f"  {message.text}")
    print(f"  Link goes to: {message.link_address}")
    print(f"  Attached: {message.attachment}")
    print()

# %% [markdown]
# | Message, and where it leads | What it wants | So |
# |---|---|---|
# | M06, council.example | That you read the agenda | Genuine |
# | M17, docs-share.example | Your work password | A phish |
# | M11, account-verify.example | The code on your phone | A phish |
# | M20, phone-notify.example | That you open its file | A phish |
#
# What gives the three away is not bad spelling. It is a **strange address that wants something from you**: a password,
# a code, money, or a file opened.
#
# ## How to read an address
#
# Two steps:
#
# 1. In a link, start after `https://` and stop at the first single slash.
# 2. Of what is left, read the **last two parts**. In this lesson those two parts say who owns the site.
#
# So `https://www.council.example/agendas` belongs to `council.example`. The words before those two parts can be anything
# the owner likes. So can the words after the slash. In real life some endings have more parts, such as `.gov.uk`, and
# then you read one part more.
#
# Let us do that for every link in the inbox, and count the padlocks as well. An address that starts with `https` shows
# a padlock.

# %% tags=["picture"] alt="Of the 10 links in the inbox, 9 show a padlock, but only 3 lead to the council's own site."
import matplotlib.pyplot as plt

plt.rc("font", size=12)  # large enough to read on a phone

links = inbox["link_address"].dropna()
site = links.str.split("/").str[2]
owner = site.str.split(".").str[-2:].str.join(".")
counted = {
    "links": len(links),
    "with a padlock": int(links.str.startswith("https").sum()),
    "to the council's\nown site": int((owner == "council.example").sum()),
}

figure, axes = plt.subplots(figsize=(5, 2.1), layout="constrained")
bars = axes.barh(list(counted), list(counted.values()), color="#1d70b8")
axes.bar_label(bars, padding=4)
axes.invert_yaxis()
axes.set_xlim(0, 11)
axes.set_xlabel("Links in the inbox")
axes.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# Of the 10 links, 9 show a padlock. Only 3 lead to the council's own site. So a padlock cannot be what makes a link safe.
# It says that nobody can listen in on the way. It does not say who is at the other end.

# %% question="what_the_padlock_says"
### BEGIN SOLUTION
what_the_padlock_says = "b"
### END SOLUTION

# %% question="whose_site"
### BEGIN SOLUTION
whose_site = "b"
### END SOLUTION

# %% [markdown]
# ## When the sender is somebody you know
#
# The name you see is typed by the sender. Anybody can type any name. The address is harder to fake, so read that. And an
# address from outside is not wrong by itself: residents and suppliers write from outside every day. Ask what the message
# wants, and whether you expected it.
#
# If you still cannot tell, **check another way**. Ring a number you already have. Open the site yourself, not by the
# link. Never use the number or link in the message to check the message.

# %% question="known_name"
### BEGIN SOLUTION
known_name = "c"
### END SOLUTION

# %% question="confidence_so_far"
### BEGIN SOLUTION
confidence_so_far = "4"
### END SOLUTION

# %% [markdown]
# ## Your turn
#
# Twelve messages follow. For each, choose: deal with it, or report it. Both mistakes cost something.
#
# | Mistake | What it means at work | Cost |
# |---|---|---|
# | You deal with a phish | A password, money or data may be lost | 3 |
# | You report a genuine message | Work waits, and somebody has to look | 1 |
#
# You pass at a cost of 2 or less. So two false alarms are fine, and one phish let through is not.
#
# You have just asked for a place on a first aid course. On Monday you told Information Governance that a file may have
# gone to the wrong address. Samir Banerjee is your manager.
#
# By code: `inbox` holds all messages, and `twelve` the numbers of these. End with a dictionary that gives each number
# `"genuine"` or `"report"`.

# %%
twelve = ["M02", "M03", "M05", "M08", "M09", "M10"]
twelve += ["M13", "M15", "M16", "M19", "M21", "M22"]

# %% question="label_messages"
### BEGIN SOLUTION
label_messages = {
    "M02": "genuine",
    "M03": "report",
    "M05": "genuine",
    "M08": "report",
    "M09": "genuine",
    "M10": "report",
    "M13": "report",
    "M15": "report",
    "M16": "report",
    "M19": "genuine",
    "M21": "genuine",
    "M22": "genuine",
}
### END SOLUTION

# %% [markdown]
# ## Take it to work
#
# Reporting only works if you know how before you need it. Each council has its own way: a button in the mail program, an
# address, or the service desk. And if you have already clicked, say so at once. The sooner people know, the less is lost.
# Nobody should be blamed for telling.

# %% question="action"
### BEGIN SOLUTION
action = "I will find the report button, show it to my team and write the service desk's number on the board."
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
# - Look at the address it came from and at where the link goes. Read the end of the site's name.
# - A padlock says nobody listens in. A name says nothing: the sender typed it.
# - Ask what the message wants: a password, a code, money, a file opened.
# - Unsure? Check another way. Clicked? Tell somebody now.
