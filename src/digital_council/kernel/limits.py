"""How much one sandbox may use."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Limits:
    """Ceilings for one fork and everything it starts. The kernel applies all but the last three, its callers those.

    `memory_mb` counts what the sandbox holds beyond the memory it shares with its warm parent.
    """

    seconds_total: float = 60.0  # wall time of the whole sandbox; 0 is no limit
    memory_mb: int = 768
    processes: int = 32  # threads count
    file_mb: int = 64  # everything it writes, and so any one file
    files: int = 2000
    seconds_cell: float = 10.0
    output_kb: int = 512
    value_mb: int = 64

    def to_json(self) -> dict[str, float]:
        """As a plain record."""
        return asdict(self)
