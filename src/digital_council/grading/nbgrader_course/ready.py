"""Imported last by the warm parent of `council grade` before it forks: a shell, and both ends of the line."""

from .. import ready as shell
from . import called_untrusted, court_inside

__all__ = ["called_untrusted", "court_inside", "shell"]
