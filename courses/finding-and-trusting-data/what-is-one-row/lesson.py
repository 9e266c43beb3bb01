# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What is one row?
#
# **About 20 minutes.** By the end you can say in one sentence what a row of a table is, and prove it.

# %% question="confidence_before"
### BEGIN SOLUTION
confidence_before = "3"
### END SOLUTION

# %% question="predict_counts"
### BEGIN SOLUTION
predict_counts = "b"
### END SOLUTION

# %%
from digital_council import datasets

spend = datasets.open("spend")
spend.head(5)

# %% question="row_of_the_copy"
### BEGIN SOLUTION
row_of_the_copy = "b"
### END SOLUTION
