"""Errors, by who must act on them. Each is one line: what, where, what is allowed, what to do."""


class CouncilError(Exception):
    """An error to be shown without a traceback; `exit_code` is what the command line returns for it."""

    exit_code = 3


class LearnerError(CouncilError):
    """The learner can mend it: a submission that is empty, a course that has closed."""

    exit_code = 1


class AuthorError(CouncilError):
    """The author can mend it: names file, field, value found and value allowed."""

    exit_code = 1


class UsageError(CouncilError):
    """The command was called in a way it does not understand."""

    exit_code = 2


class OperatorError(CouncilError):
    """The operator can mend it: a port that is taken, a state directory that cannot be written."""

    exit_code = 3
