"""Accounts on this machine: a uid of its own for each account, and its home, when the hub may give one."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

from digital_council.errors import OperatorError
from digital_council.hub.passwords import write_secret
from digital_council.people import ACCOUNT
from digital_council.settings import State

FIRST = 200_000
"""Above the uids that people, containers' first ranges and systemd's dynamic users commonly have."""


def ensure_uid(state: State, account: str) -> int | None:
    """The account's own uid, the same for ever; None where the hub is not root and cannot give one."""
    if os.geteuid() != 0:
        return None
    with (state.hub / "uids.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = state.hub / "uids.json"
        uids: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
        if account not in uids:
            uids[account] = max(uids.values(), default=FIRST - 1) + 1
            write_secret(path, json.dumps(uids, indent=1).encode())
        return uids[account]


def ensure_home(state: State, account: str, uid: int | None) -> Path:
    """The account's home, closed to everybody else. Raises OperatorError for a name that is no folder name."""
    if not ACCOUNT.fullmatch(account) or ".." in account:
        raise OperatorError(f"the account {account!r} cannot have a home: use small letters, digits, . _ @ -")
    home = state.homes / account
    home.mkdir(mode=0o700, exist_ok=True)
    owner = os.geteuid() if uid is None else uid
    if home.lstat().st_uid != owner:  # the last start was with or without the sandbox, and this one is not
        give_tree(home, owner)
    home.chmod(0o700)
    return home


def give_tree(root: Path, uid: int) -> None:
    """Hand a whole tree to a uid. Never follows a link: what lies at its end may not be the account's."""
    for folder, folders, files, fd in os.fwalk(root, follow_symlinks=False):
        for name in [*folders, *files]:
            os.chown(name, uid, uid, dir_fd=fd, follow_symlinks=False)
        os.chown(folder, uid, uid, follow_symlinks=False)
