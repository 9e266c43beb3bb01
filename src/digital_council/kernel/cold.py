"""Where a warm parent cannot fork into sandboxes: the same function, in the same sandbox, from a cold start.

Slower by the time its imports take. A system that lets bubblewrap alone make namespaces leaves no other way.
"""

import json
import os
import secrets
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from digital_council.kernel import bubblewrap, child_untrusted, confine, namespaces, privilege
from digital_council.kernel.fork import Fork
from digital_council.kernel.limits import Limits
from digital_council.kernel.mounts import Mounts

_FIRST_UID, _UIDS = 0x68000000, 1 << 27  # apart from those of forks
_starter = ThreadPoolExecutor(1, "cold-kernel")  # bubblewrap dies with the thread that starts it: this one stays


class ColdFork(Fork):
    """A function in a sandbox that bubblewrap made for it alone."""

    def __init__(self, process: subprocess.Popen[bytes], data: socket.socket, uid: int, limits: Limits) -> None:
        super().__init__(socket.socket(socket.AF_UNIX), data, os.pidfd_open(process.pid), uid, limits)
        self._process = process

    def wait(self, timeout: float | None = None) -> int:
        """Its exit status, 128 and more for a signal; raises TimeoutError when it has not ended in time."""
        try:
            status = self._process.wait(timeout)
        except subprocess.TimeoutExpired as late:
            raise TimeoutError(str(late)) from late
        self.explain()
        return status if status >= 0 else 128 - status

    def close(self) -> None:
        """End it and give back what it holds here. Safe to repeat."""
        super().close()
        self._process.wait()


def start(view: Mounts, entry: str, limits: Limits, folder: Path | None) -> ColdFork:
    """Call `entry` in a sandbox of this view, from a cold start; `folder` is its own shared with the host."""
    uid = _FIRST_UID + secrets.randbelow(_UIDS) if privilege.privileged() else os.getuid()
    for place in namespaces.WRITABLE.values():
        view = view.scratch(place, limits.file_mb)
    if folder is not None:
        os.chown(folder, uid, uid)
        view = view.write(folder, namespaces.OWN)
    ours, theirs = socket.socketpair()
    with theirs:
        order = json.dumps({"entry": entry, "limits": limits.to_json()})
        module = ["-P", "-s", "-m", "digital_council.kernel.cold", str(theirs.fileno()), order]
        command = bubblewrap.command(view, [sys.executable, *module], uid=uid)
        started = _starter.submit(_run, command, theirs.fileno())
        process = started.result()
    return ColdFork(process, ours, uid, limits)


def _run(command: list[str], descriptor: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, pass_fds=(descriptor,), stdin=subprocess.DEVNULL, env={})


def main() -> NoReturn:
    """`DESCRIPTOR ORDER`: inside the sandbox, under its user; confine this process further and serve."""
    try:
        order = json.loads(sys.argv[2])
        os.dup2(int(sys.argv[1]), child_untrusted.DATA, inheritable=False)
        confine.close_all_but(child_untrusted.DATA)
        os.umask(0o077)
        confine.reset_signals()
        rules = replace(confine.Rules.of_this_machine(), own_users=False)  # the launcher has become the user
        confine.confine(rules, Limits(**order["limits"]), os.getuid())
        os.chdir(namespaces.WRITABLE["work"])
        child_untrusted.serve(order["entry"])
    except BaseException as error:
        child_untrusted.refuse(error)


if __name__ == "__main__":
    main()
