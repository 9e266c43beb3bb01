"""Memory: a process, and whatever it starts, held below a ceiling that none of them can raise again."""

from __future__ import annotations

import os
import resource

VARIABLE = "COUNCIL_MEMORY_MB"


def hold() -> None:
    """Holds this process to what the environment says; without it nothing changes."""
    ceiling = int(os.environ.pop(VARIABLE, "0")) << 20
    if ceiling:
        resource.setrlimit(resource.RLIMIT_DATA, (ceiling, ceiling))
