"""The warm kernel: one process that has imported everything, and forks of it in sandboxes of their own."""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from digital_council.errors import OperatorError
from digital_council.kernel import bubblewrap, namespaces, sweeping
from digital_council.kernel.client import WarmClient, connect
from digital_council.kernel.limits import Limits
from digital_council.kernel.mounts import Mounts, runtime_mounts
from digital_council.kernel.supervisor import Spawned, Supervisor

SHELL = (
    "IPython.core.interactiveshell",
    "IPython.core.ultratb",
    "IPython.core.completer",
    "ipython_pygments_lexers",
    "numpy.random",
)
TABLES = ("pyarrow", "pandas")
CHARTS = ("matplotlib.pyplot", "matplotlib.backends.backend_agg", "matplotlib_inline.backend_inline")
PRELOAD = (*SHELL, *TABLES, *CHARTS)
_WARMING = 120.0  # seconds for importing everything on a slow disk
_UIDS = 4096  # user numbers for one warm kernel's forks
_FIRST_UID = 0x70000000  # above every range that systems hand out, below where signed numbers end
_TEMPORARY = "/tmp"  # noqa: S108  (the sandbox's own)
_ENVIRONMENT = {
    "HOME": namespaces.HOME,
    "USER": "learner",
    "IPYTHONDIR": f"{namespaces.HOME}/.ipython",
    "MPLCONFIGDIR": f"{_TEMPORARY}/matplotlib",
    "XDG_CACHE_HOME": f"{_TEMPORARY}/cache",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",  # it would be a second thread in the parent
    "MPLBACKEND": "Agg",  # no screen; a kernel that draws below its cells chooses that itself
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "MALLOC_ARENA_MAX": "2",
}


class WarmKernel(WarmClient):
    """A context manager that keeps one warm parent. `fork` may be called from any thread, and by other processes of
    the same user through `WarmKernel.connect(address)`."""

    connect = staticmethod(connect)

    def __init__(
        self,
        limits: Limits | None = None,
        preload: Sequence[str] = PRELOAD,
        mounts: Mounts | None = None,
        *,
        sandbox: bool = True,
        forks: bool = True,
        folder: Path | None = None,
    ) -> None:
        self._own_folder = folder is None
        self.folder = Path(folder or tempfile.mkdtemp(prefix=sweeping.PREFIX))
        super().__init__(str(self.folder / sweeping.SOCKET), limits or Limits())
        self.preload, self.mounts, self.sandbox = tuple(preload), mounts or Mounts(), sandbox
        self.forks = forks or not sandbox  # otherwise every start is a cold one
        self.shared = self.folder / "shared"  # a folder in here is lent to one fork, as /run/kernel
        self._first_uid = _FIRST_UID + secrets.randbelow(1 << 15) * _UIDS
        self._listener: socket.socket | None = None
        self._supervisor: Supervisor | None = None

    def __getstate__(self) -> dict[str, Any]:
        raise TypeError("a warm kernel stays with its process; hand on its address, or connect(address)")

    @property
    def own_users(self) -> bool:
        """Whether each fork is a real user of its own."""
        return bool(self._supervisor and self._supervisor.facts.get("own_users"))

    @property
    def parents_started(self) -> int:
        """How many parents there have been: one, and one more for each death or change of packages."""
        return self._supervisor.started if self._supervisor else 0

    def start(self) -> Self:
        """Start the parent and wait until it is warm; raises OperatorError when it cannot be."""
        if self.sandbox:
            bubblewrap.require()
        self.shared.mkdir(mode=0o711, parents=True, exist_ok=True)
        self._listener = _listen(self.address)
        self.cold = None if self.forks else self._runtime()
        if self.forks:
            self._warm_up()
        cold = asdict(self.cold) if self.cold else None
        Path(f"{self.address}.json").write_text(json.dumps({"limits": self.limits.to_json(), "cold": cold}))
        return self

    def _warm_up(self) -> None:
        self._supervisor = Supervisor(self._spawn)
        if not self._supervisor.settled.wait(_WARMING) or not self._supervisor.facts:
            reason = self._supervisor.failure or "it was not ready in time"
            self.stop()
            raise OperatorError(f"the warm kernel could not be started: {reason}")
        self.cold = self._runtime() if "cold" in self._supervisor.facts else None

    def stop(self) -> None:
        """End the parent and every fork. Safe to repeat."""
        if self._supervisor is not None:
            self._supervisor.stop()
            self._supervisor = None
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for path in (self.address, f"{self.address}.json"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
        if self._own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _spawn(self) -> Spawned:
        """Start one parent, on the listening socket that all of them share in turn."""
        if self._listener is None:
            raise OSError("the warm kernel is not started")
        orders: dict[str, Any] = {
            "sandbox": self.sandbox,
            "preload": self.preload,
            "first_uid": self._first_uid,
            "uids": _UIDS,
        }
        view = self._runtime()
        orders["kept"] = [target for source, target in (*view.ro, *view.rw) if _below_own(source, target)]
        ours, theirs = socket.socketpair()
        with theirs:
            passed = (self._listener.fileno(), theirs.fileno())
            module = ["-P", "-s", "-m", "digital_council.kernel.parent", *map(str, passed), json.dumps(orders)]
            words = [sys.executable, *module]
            if self.sandbox:
                words = bubblewrap.parent_command(self._view(view), words)
            process = subprocess.Popen(
                words, pass_fds=passed, stdin=subprocess.DEVNULL, env=dict(view.env), start_new_session=True
            )
        return ours, process

    def _runtime(self) -> Mounts:
        return runtime_mounts().setenv(**_ENVIRONMENT) | self.mounts

    def _view(self, view: Mounts) -> Mounts:
        """With the places where each fork mounts its own."""
        places = (namespaces.SCRATCH, namespaces.OWN, *namespaces.WRITABLE.values())
        view = view.folder(*(place for place in places if not place.startswith(("/tmp", "/dev"))))  # noqa: S108
        for name in namespaces.IDENTITY:
            view = view.link(f"{namespaces.SCRATCH}/{name}", f"/etc/{name}")
        return view.write(self.shared, namespaces.SHARED)


def _below_own(source: str, target: str) -> bool:
    """Whether each fork's own folders would hide this mount: a project in /tmp, for one."""
    return any(target.startswith(f"{place}/") for place in namespaces.WRITABLE.values()) and Path(source).is_dir()


def _listen(address: str) -> socket.socket:
    """A listening socket that only its owner may connect to."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(address)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    os.chmod(address, 0o600)  # its folder is closed to others, and the parent checks who asks
    listener.listen(128)
    listener.setblocking(False)
    return listener
