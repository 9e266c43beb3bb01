"""nbgrader on a learner's side: its Assignment List talks to the portal, and no folder is shared."""

from traitlets.config import get_config

from digital_council.grading import exchange

exchange.configure(get_config())
