# %% [markdown]
# # Missed bins

# %%
import pandas as pd

bins = pd.DataFrame({"ward": ["Acton", "Hanwell", "Perivale"], "Missed bins": [12, 7, 30]})
bins

# %% question="worst"
### BEGIN SOLUTION
worst = "c"
### END SOLUTION

# %% question="total"
### BEGIN SOLUTION
total = bins["Missed bins"].sum()
### END SOLUTION

# %%
share = bins["Missed bins"] / 49

# %% question="over"
def over(table, most):
    ### BEGIN SOLUTION
    return int((table["Missed bins"] > most).sum())
    ### END SOLUTION

# %% question="mean"
### BEGIN SOLUTION
mean = share.mean() * 49
### END SOLUTION
