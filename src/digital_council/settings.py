"""Settings: closed files, read once into frozen records; and where state lives."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from digital_council.errors import OperatorError


def _project() -> Path:
    chosen = os.environ.get("COUNCIL_PROJECT")
    return Path(chosen) if chosen else Path(__file__).resolve().parents[2]


PROJECT = _project()
"""The folder that holds courses/, datasets/, hub_config/ and the other rooms."""


ORIGIN = re.compile(r"https?://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?")


class Closed(BaseModel):
    """A table that cannot be changed after it is read and refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Council(Closed):
    name: str = "Example Borough Council"
    organisation: str = "council"
    contact: str = "digital.council@example.org"
    address: str = ""
    """What people type to reach it, as the reverse proxy in front has it; empty where it serves this machine only."""

    @field_validator("address")
    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        if value and not ORIGIN.fullmatch(value):
            raise ValueError("give https:// and a name in small letters, like https://learn.example.org, with no path")
        return value


class Limits(Closed):
    submission_mb: int = Field(default=20, ge=1, le=50)
    concurrent_sign_ins: int = Field(default=20, ge=1)
    live_servers: int = Field(default=80, ge=1)
    server_memory_mb: int = Field(default=2048, ge=256)
    """What one person's server and its kernels may hold."""
    idle_minutes: int = Field(default=60, ge=1)


class Disclosure(Closed):
    threshold: int = Field(default=10, ge=5)
    """Counts of people from 1 to one below this are shown as `[c]`."""
    refresh: Literal["hourly", "daily", "weekly"] = "daily"


class Ledger(Closed):
    url: str = ""
    """A SQLAlchemy URL; empty for SQLite in the state directory."""
    attempts_kept_months: int = Field(default=24, ge=1)


class Grading(Closed):
    workers: int = Field(default=2, ge=1, le=64)


class Courses(Closed):
    release_changes: Literal["after review", "at start"] = "after review"
    """Whether a unit changed in courses/ waits until somebody else has reviewed it."""
    reviewers: tuple[str, ...] = ()
    """Accounts that may review units although they are no authors."""


class Apps(Closed):
    live_pages: int = Field(default=60, ge=1, le=500)
    """Apps that may be open at once; the next viewer waits in line."""
    part_seconds: int = Field(default=60, ge=5, le=600)
    """How long an app may work on one thing before it is stopped."""


class OpenIDConnect(Closed):
    enabled: bool = False
    issuer: str = ""
    client_id: str = ""
    secret_file: str = ""
    """A file outside the repository that holds the client's secret."""
    account_claim: str = "preferred_username"


class Settings(Closed):
    """Everything that hub_config/council.toml may say."""

    council: Council = Council()
    limits: Limits = Limits()
    disclosure: Disclosure = Disclosure()
    ledger: Ledger = Ledger()
    grading: Grading = Grading()
    apps: Apps = Apps()
    courses: Courses = Courses()
    openid_connect: OpenIDConnect = OpenIDConnect()


T = TypeVar("T", bound=Closed)


def load(path: Path | None = None) -> Settings:
    """Read council.toml; raises OperatorError with the file, the key and what is allowed."""
    path = path or PROJECT / "hub_config" / "council.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise OperatorError(f"{path}: not found; copy hub_config/council.toml from the repository") from None
    except tomllib.TOMLDecodeError as error:
        raise OperatorError(f"{path}: not valid TOML: {error}") from None
    return read(Settings, table, where=str(path))


def read(kind: type[T], table: dict[str, Any], where: str) -> T:
    """Make a frozen record of a table; raises OperatorError in one line."""
    try:
        return kind.model_validate(table)
    except ValidationError as error:
        raise OperatorError(_line(kind, error, where)) from None


def _line(kind: type[BaseModel], error: ValidationError, where: str) -> str:
    every = error.errors()
    # A misspelt key is also a missing one: the first is what somebody can mend.
    problem = next((each for each in every if each["type"] == "extra_forbidden"), every[0])
    key = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        known = _known_keys(kind, problem["loc"][:-1])
        near = difflib.get_close_matches(str(problem["loc"][-1]), known, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"
        return f"{where}: unknown key {key!r}; {hint}"
    if problem["type"] == "missing":
        return f"{where}: {key} is missing"
    why = problem["msg"].removeprefix("Value error, ")
    return f"{where}: {key} is {problem['input']!r}: {why[0].lower()}{why[1:]}"


def _known_keys(kind: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    for part in loc:
        field = kind.model_fields.get(str(part))
        if field is None or not isinstance(field.annotation, type):
            return []
        kind = field.annotation
    return list(kind.model_fields)


class State:
    """The one state directory, in trees with separate readers; nothing of it is in the repository."""

    PRIVATE = ("hub", "secrets", "ledger", "drafts", "submissions", "releases", "logs")
    SHARED: ClassVar[dict[str, int]] = {"released": 0o755, "homes": 0o711, "run": 0o711, "apps": 0o711}

    def __init__(self, root: Path | str | None = None) -> None:
        self.root = Path(root or os.environ.get("COUNCIL_STATE") or PROJECT / ".state").resolve()

    @property
    def hub(self) -> Path:
        return self.root / "hub"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def ledger(self) -> Path:
        return self.root / "ledger"

    @property
    def drafts(self) -> Path:
        return self.root / "drafts"

    @property
    def submissions(self) -> Path:
        return self.root / "submissions"

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def released(self) -> Path:
        return self.root / "released"

    @property
    def homes(self) -> Path:
        return self.root / "homes"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def apps(self) -> Path:
        return self.root / "apps"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    def ensure(self) -> State:
        """Make the trees with the modes their readers need; may run twice. Raises OperatorError."""
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o711)
            for name in self.PRIVATE:
                _folder(self.root / name, 0o700)
            for name, mode in self.SHARED.items():
                _folder(self.root / name, mode)
        except OSError as error:
            raise OperatorError(
                f"{self.root}: cannot be written ({error.strerror}); choose another folder with --state DIR"
            ) from None
        return self


def _folder(path: Path, mode: int) -> None:
    path.mkdir(exist_ok=True)
    path.chmod(mode)
