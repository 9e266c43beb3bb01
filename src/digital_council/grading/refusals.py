"""Refusals: why a submission was not taken, for the learner in one line and for HTTP as a status."""

from digital_council.errors import LearnerError


class Refused(LearnerError):
    """Nothing was stored. `status` is the HTTP status that says the same."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status
