"""The JSON interface, one module a subject."""
