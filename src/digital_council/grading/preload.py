"""Imported by the warm parent before it forks: everything a session needs, ready made."""

import numpy  # noqa: F401
import pandas  # noqa: F401
import pyarrow  # noqa: F401

from . import inside_untrusted

inside_untrusted.warm()
