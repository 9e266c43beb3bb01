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
# # Getting in safely
#
# About 22 minutes. Thirteen short questions, three of them marked. You need no code. If you like code, you can use it for
# task 1.
#
# By the end you can:
#
# - make a password that is hard to guess and possible to live with
# - tell rules that protect an account from rules that only annoy people.
#
# ## A question from the depot
#
# "Every 90 days the screen wants a new password," says a supervisor at the depot. "A capital, a digit, a mark. Half my
# crew write it on a card behind the sun visor. Is that really what keeps us safe?"
#
# It is a fair question, and the answer is no. The rules were meant well. This lesson looks at what they do, and you will
# rewrite them.
#
# The policy and the passwords here are invented. Never type a password of your own into a lesson.

# %% question="confidence_before"
### BEGIN SOLUTION
confidence_before = "3"
### END SOLUTION

# %% [markdown]
# ## Your prediction
#
# Have a guess before you look. A wrong guess costs nothing.

# %% question="predict_harder"
### BEGIN SOLUTION
predict_harder = "b"
### END SOLUTION

# %% [markdown]
# ## How to count guesses
#
# Whoever tries to get in does not guess at random. They know how people make passwords, and try the usual patterns first.
# So do not ask how strange a password looks. Ask **how many others could have been made in the same way**.
#
# Ask people for a capital, a digit and a mark, and many will take a season or a month, a year, and a mark at the end. Let us
# count those, then three words picked at random, then what a password manager makes.

# %% tags=["picture"] alt="A season or month with a year and a mark can be made in 2,400 ways. Three random words out of a list of 5,000 can be made in 125,000,000,000 ways. What a password manager makes has far more still."
import matplotlib.pyplot as plt

plt.rc("font", size=12)  # large enough to read on a phone

words = 4 + 12  # seasons and months
years = 30
marks = 5  # ! ? . * #
word_list = 5_000

ways = {
    "Summer2026!\nand its like": words * years * marks,
    "three random\nwords": word_list**3,
    "16 random\ncharacters": 72.0**16,
}

figure, axes = plt.subplots(figsize=(5, 2.6), layout="constrained")
bars = axes.barh(list(ways), list(ways.values()), color="#1d70b8")
axes.bar_label(bars, ["2,400", "125,000,000,000", "a number\nwith 30 digits"], padding=4)
axes.set_xscale("log")
axes.set_xlim(1, 1e44)
axes.set_xticks([1, 1e10, 1e20, 1e30])
axes.invert_yaxis()
axes.set_xlabel("Ways to make one like it\n(each step: ten thousand million times more)")
axes.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# | How it was made | The sum | Ways |
# |---|---|---|
# | Season or month, year, mark | 16 words × 30 years × 5 marks | 2,400 |
# | Three random words from a list of 5,000 | 5,000 × 5,000 × 5,000 | 125,000,000,000 |
# | By a password manager: 16 random characters out of 72 | 72 multiplied by itself, 16 times over | a number with 30 digits |
#
# These are sums, not measurements: they hold if the words are picked **at random**. Open a book with your eyes shut, or
# let a program pick. Your children, your street and your team are not random.
#
# The first row has a capital, digits and a mark. It is the weakest by far. And three words can be remembered. For all
# the passwords you need not remember, let a **password manager** make and keep them. It needs to paste them, so a page
# that forbids pasting stops people from using the strongest kind.

# %% question="hardest_to_guess"
### BEGIN SOLUTION
hardest_to_guess = "c"
### END SOLUTION

# %% [markdown]
# ## What happens when people must change it
#
# Here is one person's year under the 90-day rule.

# %%
import pandas as pd

year = pd.DataFrame(
    {
        "changed in": ["March 2025", "June 2025", "September 2025", "December 2025"],
        "password (invented)": ["Spring2025!", "Summer2025!", "Autumn2025!", "Winter2025!"],
    }
).set_index("changed in")
year

# %% [markdown]
# Somebody who learned the first could guess the other three. The rule was meant to shut a thief out after 90 days. Instead it
# taught people to make passwords that follow from each other. So the National Cyber Security Centre now advises: no
# forced change. Change a password **when there is a reason**: you typed it into the wrong page, or somebody else has seen it.

# %% question="when_to_change"
### BEGIN SOLUTION
when_to_change = "b"
### END SOLUTION

# %% [markdown]
# ## A second lock
#
# Any password can be stolen. *Multi-factor authentication*, MFA for short, asks for a second thing, such as a code from your phone.
# Then a stolen password alone opens nothing.
#
# It is no longer a matter of taste. Cyber Essentials is a list of security controls that organisations are assessed
# against. In assessments opened from 27 April 2026, you fail at once if a cloud service offers MFA and it is off.
#
# Source: IASME, which runs Cyber Essentials for the National Cyber Security Centre (NCSC), on the April 2026 update,
# version 3.3; the NCSC's advice on passwords, as other pages report it.

# %% question="who_needs_mfa"
### BEGIN SOLUTION
who_needs_mfa = "c"
### END SOLUTION

# %% question="confidence_so_far"
### BEGIN SOLUTION
confidence_so_far = "4"
### END SOLUTION

# %% [markdown]
# ## Your turn
#
# Task 1 is a sum. A calculator will do, or code: the list's length is in `word_list`. End with `two_words = ` and your
# number.

# %% question="two_words"
### BEGIN SOLUTION
two_words = 25_000_000
### END SOLUTION

# %% [markdown]
# Task 2 is the council's old policy, eight lines of it. Some lines are good and should stay. A line that weakens accounts, or
# leaves some without protection, has to be rewritten or taken out.

# %% question="old_policy"
### BEGIN SOLUTION
old_policy = {
    "complex": "mend",
    "share": "keep",
    "expiry": "mend",
    "suspect": "keep",
    "paste": "mend",
    "leaver": "keep",
    "some_mfa": "mend",
    "manager": "keep",
}
### END SOLUTION

# %% [markdown]
# Now write the new policy, by choosing its rules. A good one says four things: how long a password is, that nobody is made to change
# it by the calendar, who has MFA, and that pasting is allowed. It holds nothing that works against those. There
# is more than one right policy.

# %% question="new_policy"
### BEGIN SOLUTION
new_policy = ["three_words", "no_limit", "when_known", "mfa_all", "paste_ok"]
### END SOLUTION

# %% [markdown]
# ## Take it to work
#
# Choose one thing that will make you safer this month. Turn on MFA where it is off. Ask which password manager your council
# allows. Replace one password that you use in two places. Or ask who owns the policy, and show them the count.

# %% question="action"
### BEGIN SOLUTION
action = "I will turn on MFA for the booking system and show two colleagues how."
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
# - Count how many could have been made in the same way. Three random words beat a pattern with a capital and a mark.
# - Change a password when there is a reason, not when the calendar says so.
# - Let a password manager make and paste the ones you need not remember.
# - Turn on MFA for every account that has it.
