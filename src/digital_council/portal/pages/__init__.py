"""The web pages, one module a subject."""
