"""How a ledger comes to its present shape, one version after another."""
