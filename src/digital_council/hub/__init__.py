"""The hub: one process that signs people in and starts, for each, a server of their own in a sandbox."""
