"""Imported by the warm parent of our own lessons before it forks: everything a session needs, ready made."""

import matplotlib.pyplot  # noqa: F401
import numpy  # noqa: F401
import pandas  # noqa: F401

from digital_council.datasets import suppression, table  # noqa: F401

from . import ready  # noqa: F401
