"""The policy: what a submission may use, read once from grading/policy.toml into a frozen record."""

import tomllib
from pathlib import Path

from pydantic import Field

from digital_council import settings
from digital_council.errors import OperatorError
from digital_council.grading.values import Bounds
from digital_council.kernel import limits as kernel


class Limits(settings.Closed):
    """The limits of one sandbox."""

    seconds_cell: float = Field(default=10, gt=0, le=3600)
    seconds_total: float = Field(default=45, gt=0, le=36_000)
    memory_mb: int = Field(default=1024, ge=128)
    processes: int = Field(default=16, ge=1)
    file_mb: int = Field(default=64, ge=1)
    files: int = Field(default=256, ge=16)
    output_kb: int = Field(default=1024, ge=1, le=64 * 1024)
    value_mb: int = Field(default=16, ge=1, le=1024)


class SessionRules(settings.Closed):
    """How a session is conducted."""

    restarts: int = Field(default=3, ge=0, le=10)


class Policy(settings.Closed):
    """Everything that grading/policy.toml may say."""

    limits: Limits = Limits()
    session: SessionRules = SessionRules()

    @property
    def bounds(self) -> Bounds:
        """How large one value may be."""
        return Bounds(max_bytes=self.limits.value_mb << 20)


def load(path: Path | None = None) -> Policy:
    """Read policy.toml; raises OperatorError with the file, the key and what is allowed."""
    path = path or settings.PROJECT / "grading" / "policy.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise OperatorError(f"{path}: not found; copy grading/policy.toml from the repository") from None
    except tomllib.TOMLDecodeError as error:
        raise OperatorError(f"{path}: not valid TOML: {error}") from None
    return settings.read(Policy, table, where=str(path))


def kernel_limits(limits: Limits) -> kernel.Limits:
    """The same limits as the kernel enforces them, with a moment more in all: sessions end themselves first."""
    return kernel.Limits(**limits.model_dump() | {"seconds_total": limits.seconds_total + 5})


def load_for_courses() -> Policy:
    """The policy for nbgrader courses, whose notebooks may be longer and hold larger values than our lessons."""
    policy = load()
    limits = policy.limits.model_copy(update={"seconds_total": 3600.0, "value_mb": 256, "memory_mb": 2048})
    return policy.model_copy(update={"limits": limits})
