"""What each role's sandbox can see: one table. What it does not name does not exist in there.

Never in it: the state's hub, secrets, ledger, drafts, submissions, releases and logs; hub_config; checks and
solutions, except for authors; any other home.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from digital_council import datasets
from digital_council.courses import releases
from digital_council.kernel.bubblewrap import Mounts, runtime_mounts
from digital_council.settings import PROJECT, State

ROOM = "/srv/council"
SOCKETS = "/run/council"
CONFIG = "/etc/jupyter"

ROOMS: dict[str, tuple[str, ...]] = {
    "learner": (),
    "leader": (),
    "partner": (),
    "analyst": ("notebooks/starters",),
    "author": ("courses",),
    "operator": (),
}
"""Folders of the project, by role, each read-only; beside the datasets that the role may see."""
DATASETS = f"{ROOM}/datasets"


TMP = "/tmp"  # noqa: S108 - private to each sandbox
TMP_MB = 1024
"""Each user's /tmp is memory: kernels' sockets and what packages unpack; more is refused as a full disk."""


def home(account: str) -> str:
    """Where an account's home is seen inside."""
    return f"/home/{account}"


def rooms(roles: Iterable[str]) -> list[str]:
    return sorted({room for role in roles for room in ROOMS.get(role, ())})


def of_project(roles: Iterable[str]) -> dict[str, str]:
    """Where the rooms that the roles may read are seen inside."""
    return {
        str(PROJECT / room): f"{ROOM}/{room.rpartition('/')[2]}" for room in rooms(roles) if (PROJECT / room).is_dir()
    }


def of_datasets(state: State, roles: frozenset[str]) -> dict[str, str]:
    """Open datasets, those that released lessons use, and for some roles those that are not published."""
    taught = {name for unit in releases.index(state).get("units", {}).values() for name in unit["datasets"]}
    return {
        str(described.folder): f"{DATASETS}/{described.id}"
        for described in datasets.catalogue()
        if described.id in taught or described.visible_to(roles)
    }


def of_apps(state: State, account: str, roles: frozenset[str]) -> dict[str, str]:
    """An analyst's own apps, which they may change."""
    mine = state.apps / "by-owner" / account
    return {str(mine): f"{ROOM}/apps"} if "analyst" in roles and mine.is_dir() else {}


def sockets(state: State) -> Path:
    """The folder of the sockets that sandboxes may reach: the hub's and the portal's, no other.

    The folder is mounted rather than the sockets, so that a portal that starts again is found again.
    """
    folder = state.run / "sandbox"
    folder.mkdir(mode=0o755, exist_ok=True)
    folder.chmod(0o755)
    return folder


def of(state: State, account: str, roles: frozenset[str], config: Path) -> Mounts:
    """Everything one user's server sees."""
    seen = runtime_mounts().read(config, CONFIG).read(state.released, f"{ROOM}/released")
    seen = seen.read(sockets(state), SOCKETS)
    for source, inside in (of_project(roles) | of_datasets(state, roles)).items():
        seen = seen.read(source, inside)
    for source, inside in {str(state.homes / account): home(account), **of_apps(state, account, roles)}.items():
        seen = seen.write(source, inside)
    return seen.scratch(TMP, TMP_MB)


def environment(account: str, roles: frozenset[str]) -> dict[str, str]:
    """The environment of a user's server beyond what the hub itself must say."""
    here = home(account)
    return {
        "HOME": here,
        "USER": account,
        "LANG": "C.UTF-8",
        "SHELL": "/bin/bash",
        "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
        "PYTHONNOUSERSITE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "JUPYTER_CONFIG_PATH": CONFIG,
        "JUPYTER_DATA_DIR": f"{here}/.local/share/jupyter",
        "JUPYTER_RUNTIME_DIR": f"{TMP}/jupyter",
        "COUNCIL_PORTAL_SOCKET": f"{SOCKETS}/portal.sock",
        "COUNCIL_RELEASED": f"{ROOM}/released",
        "COUNCIL_DATASETS": DATASETS,
        "COUNCIL_ROLES": ",".join(sorted(roles)),
        **{f"COUNCIL_{inside.rpartition('/')[2].upper()}": inside for inside in of_project(roles).values()},
    }
