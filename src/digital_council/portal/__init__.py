"""The portal: the JSON interface and the web pages, and the one process that writes the ledger."""
