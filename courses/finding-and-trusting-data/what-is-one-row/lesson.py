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
# # What is one row?
#
# About 20 minutes. Twelve short questions, three of them marked. You need no code: every question can be
# answered by choosing. If you like code, you can use it for tasks 1 and 2.
#
# By the end you can:
#
# - say in one sentence what a row of a table is
# - find the columns that tell one row from every other
# - see which questions a summary can no longer answer.
#
# ## A question from the committee
#
# It is scrutiny evening. A councillor has the council's spending file from the website. "It has 4,787 rows," she says.
# "Your report says 103. Are we hiding payments?"
#
# Nobody is hiding anything, and nobody has made a mistake. But the finance officer needs ten minutes to work out why,
# and by then the room has moved on. One sentence at the top of each table would have saved the evening.
#
# All the figures here are invented. They were made for these lessons, in the form that councils use to publish.

# %% question="confidence_before"
### BEGIN SOLUTION
confidence_before = "2"
### END SOLUTION

# %% [markdown]
# ## Your prediction
#
# Have a guess before you look. A wrong guess costs nothing, and guessing first helps you to remember.

# %% question="predict_counts"
### BEGIN SOLUTION
predict_counts = "b"
### END SOLUTION

# %% [markdown]
# ## The published file
#
# Here are the first rows of the file on the website. Read one row across and ask: *what had to happen for this row to
# be written?*

# %%
from digital_council import datasets

spend = datasets.open("spend")
spend[["transaction_number", "payment_date", "supplier_name", "service_label", "net_amount"]].head(6)

# %% [markdown]
# The first row says that on 1 April 2025 a line of a payment went to Bramlow Environmental Services Limited. It was for
# Street Services, and it came to £1,049.53. The second row has the same day, the same supplier and the same service.
# It is a second line, for another amount.
#
# The people who publish the file say it in one sentence: **one row is one line of one payment to one supplier.** That
# sentence has a name: the *grain* of the table. When you know the grain, you know what you count when you count rows.

# %%
print(datasets.describe("spend").row_is)

# %% [markdown]
# ## The committee's sheet
#
# For the committee somebody added up the amounts under each supplier's name.

# %%
sheet = spend.groupby("supplier_name", as_index=False)["net_amount"].sum()
print(f"{len(spend):,} rows in the published file, {len(sheet):,} in the committee's sheet")
sheet.head(4)

# %% [markdown]
# The money is the same in both: the totals agree to the penny. The rows are not the same sort of thing. The file
# has 4,787 payment lines. The sheet has 103 names. So the councillor and the officer were both right, about different
# tables.

# %% question="row_of_the_sheet"
### BEGIN SOLUTION
row_of_the_sheet = "b"
### END SOLUTION

# %% [markdown]
# ## How to prove it
#
# Saying what a row is, is a claim. You can test it. Name the columns that should be different in every row, then look
# for rows that repeat.
#
# Let us try three claims on the published file. For each, we count the rows that repeat an earlier one.

# %% tags=["picture"] alt="With the supplier's name alone, 4,684 of 4,787 rows repeat an earlier row. Adding the date leaves 853. Adding the amount leaves 69, which is still not none."
import matplotlib.pyplot as plt

plt.rc("font", size=12)  # large enough to read on a phone

claims = {
    "supplier": ["supplier_name"],
    "supplier and date": ["supplier_name", "payment_date"],
    "supplier, date and amount": ["supplier_name", "payment_date", "net_amount"],
}
repeats = {claim: int(spend.duplicated(columns).sum()) for claim, columns in claims.items()}

figure, axes = plt.subplots(figsize=(5, 2.1), layout="constrained")
bars = axes.barh(list(repeats), list(repeats.values()), color="#1d70b8")
axes.bar_label(bars, [f"{count:,}" for count in repeats.values()], padding=4)
axes.invert_yaxis()
axes.set_xlim(0, 6_500)
axes.set_xticks([0, 2_000, 4_000])
axes.set_xlabel("Rows that repeat an earlier row")
axes.spines[["top", "right"]].set_visible(False)
plt.show()

# %% [markdown]
# | If the key were | Rows that repeat | What it means |
# |---|---|---|
# | supplier | 4,684 | A supplier is paid many times a year. The claim fails. |
# | supplier and date | 853 | A supplier is often paid for several things on one day. It still fails. |
# | supplier, date and amount | 69 | Close, but 69 rows would be lost by anyone who relied on it. |
#
# The third claim is the dangerous one. It holds for nearly every row, so a quick look would not catch it. Here is what
# one of the repeats looks like.

# %%
alike = (spend["supplier_name"] == "Wraysford Enforcement Ltd") & (spend["payment_date"] == "2025-08-21")
spend.loc[alike, ["transaction_number", "net_amount", "narrative", "payment_date", "supplier_name"]]

# %% [markdown]
# Five lines went to one supplier on 21 August 2025. Four of them are for £312.50, and say "Enforcement weekly".

# %% question="four_equal_lines"
### BEGIN SOLUTION
four_equal_lines = "b"
### END SOLUTION

# %% question="confidence_so_far"
### BEGIN SOLUTION
confidence_so_far = "4"
### END SOLUTION

# %% [markdown]
# ## Your turn
#
# The columns that tell every row from every other are called the *key*. A good key does two things. No two rows share
# it, and it has no column to spare.
#
# Tasks 1 and 2 ask for a key. Choose the columns. Or write code that ends with a list of their names: the line
# `spend.duplicated(["supplier_name", "payment_date"]).sum()` counts the rows that repeat.

# %% question="key_columns"
### BEGIN SOLUTION
key_columns = ["transaction_number"]
### END SOLUTION

# %% [markdown]
# Here is another copy, made for heads of service. We call it the *service sheet*. The column `payments` counts lines, and
# `total` adds them up.

# %%
service_sheet = (
    spend.assign(month=spend["payment_date"].dt.strftime("%Y-%m"))
    .groupby(["organisation_unit", "service_label", "month"], observed=True, as_index=False)
    .agg(payments=("transaction_number", "count"), total=("net_amount", "sum"))
)
print(f"{len(service_sheet)} rows; the services of one directorate in the first two months:")
spring = service_sheet[service_sheet["month"].isin(["2025-04", "2025-05"])].head(8)
spring[["month", "service_label", "payments", "total", "organisation_unit"]]

# %% question="key_of_service_sheet"
### BEGIN SOLUTION
key_of_service_sheet = ["service_label", "month"]
### END SOLUTION

# %% [markdown]
# A summary is easier to read because something has been left out. Before you pass one on, know what can no longer be
# asked of it.

# %% question="enough_detail"
### BEGIN SOLUTION
enough_detail = {
    "december": "enough",
    "year": "enough",
    "largest": "file",
    "suppliers": "file",
    "average": "enough",
    "credits": "file",
}
### END SOLUTION

# %% [markdown]
# ## Take it to work
#
# Two tables with one name and a different grain are behind many arguments about figures. The cure takes a minute: write
# "One row is …" at the top.

# %% question="action"
### BEGIN SOLUTION
action = "One row is one parking permit; the permit number tells the rows apart."
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
# - Before you count rows, say what one row is.
# - A key tells every row from every other, with no column to spare. Test it by looking for repeats.
# - Rows that look alike are not always mistakes.
# - Adding up cannot be undone. A summary answers fewer questions than the table it came from.
