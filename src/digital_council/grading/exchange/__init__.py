"""The exchange between learners' notebooks and the portal, by HTTP: nbgrader's Assignment List works through it too.

Everything here runs on the learner's side, as the learner: it knows what their notebook and their token tell it.
"""

from __future__ import annotations

from typing import Any

CLASSES = {
    "exchange": "base.CouncilExchange",
    "list": "listing.CouncilList",
    "fetch_assignment": "transfer.CouncilFetchAssignment",
    "submit": "transfer.CouncilSubmit",
    "fetch_feedback": "transfer.CouncilFetchFeedback",
    "release_assignment": "base.CouncilReleaseAssignment",
    "collect": "base.CouncilCollect",
    "release_feedback": "base.CouncilReleaseFeedback",
}


def configure(config: Any) -> None:
    """Have nbgrader use this exchange: no folder is shared, and who somebody is their token says."""
    for name, path in CLASSES.items():
        setattr(config.ExchangeFactory, name, f"{__name__}.{path}")
    config.Authenticator.plugin_class = f"{__name__}.membership.CouncilMembership"
    # Lessons live in one folder a course in the learner's home: where the portal's links open them, too.
    config.Exchange.assignment_dir = "."
