"""The spawner: a user's JupyterLab in a sandbox of its own, under a uid of its own where the hub may give one."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
from typing import Any

import psutil
from jupyterhub.spawner import Spawner

from digital_council.hub import accounts, ceilings, labconfig, memory, mounts
from digital_council.hub.options import Options
from digital_council.hub.processes import descendants, signal_all, words
from digital_council.kernel import bubblewrap, cgroups
from digital_council.kernel.bubblewrap import Mounts
from digital_council.settings import PROJECT, load

PROGRAM = "digital_council.hub.singleuser"
GENTLE_SECONDS = 1.5
"""A server that was asked to end writes its files; what it holds after this is not worth waiting for."""


def roles_of(groups: list[str]) -> frozenset[str]:
    return frozenset(name.removeprefix("role-") for name in groups if name.startswith("role-"))


def listen() -> socket.socket:
    """A listening socket on loopback, in the hub's network namespace, at a port the kernel chose."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(128)
    return listening


class SandboxSpawner(Spawner):  # type: ignore[misc]
    """Starts `digital_council.hub.singleuser` under bubblewrap and hands it the socket to listen on."""

    process: subprocess.Popen[bytes] | None = None
    group: cgroups.Group | None = None
    pid = 0
    given: frozenset[str] = frozenset()
    """The roles that what the server sees was chosen by, when it started."""

    @property
    def options(self) -> Options:
        return Options.from_environment()

    @property
    def account(self) -> str:
        return str(self.user.name)

    def roles(self) -> frozenset[str]:
        return roles_of([group.name for group in self.user.groups])

    def prepare(self) -> tuple[Mounts, int | None]:
        """Ensure the home, the uid and the generated files; answer what the sandbox sees and as whom."""
        state = self.options.state
        uid = accounts.ensure_uid(state, self.account) if self.options.sandbox else None
        accounts.ensure_home(state, self.account, uid)
        runtime = state.hub / "servers"
        runtime.mkdir(mode=0o700, exist_ok=True)
        self.given = self.roles()
        config = labconfig.write(runtime / f"config-{self.account}", self.given)
        return mounts.of(state, self.account, self.given, config), uid

    def environment_inside(self, port: int, fd: int) -> dict[str, str]:
        """Only what the server needs; the token in it is the learner's own."""
        self.port = port
        said = {name: value for name, value in self.get_env().items() if name.startswith("JUPYTERHUB_")}
        return {
            **mounts.environment(self.account, self.given),
            **said,
            "COUNCIL_LISTEN_FD": str(fd),
            "COUNCIL_URL": self.options.front_page,
            memory.VARIABLE: str(load().limits.server_memory_mb),
        }

    def command_line(self, table: Mounts, uid: int | None, env: dict[str, str]) -> list[str]:
        argv = [sys.executable, "-m", PROGRAM, *self.get_args()]
        if not self.options.sandbox:
            return [*argv, "--allow-root"]
        return bubblewrap.command(table.setenv(**env), argv, uid=uid)

    async def start(self) -> str:
        table, uid = await asyncio.to_thread(self.prepare)
        with listen() as listening:
            port, fd = listening.getsockname()[1], listening.fileno()
            env = self.environment_inside(port, fd)
            self.process = self.launch(self.command_line(table, uid, env), env, fd)
        self.pid = self.process.pid
        self.group = await asyncio.to_thread(ceilings.hold, self.pid, load().limits.server_memory_mb)
        return f"http://127.0.0.1:{port}"

    def launch(self, argv: list[str], env: dict[str, str], fd: int) -> subprocess.Popen[bytes]:
        state = self.options.state
        with (state.logs / f"server-{self.account}.log").open("wb") as log:
            return subprocess.Popen(
                argv,
                env={"PATH": "/usr/bin:/bin"} if self.options.sandbox else self.outside(env),
                cwd=state.homes / self.account,
                pass_fds=(fd,),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def outside(self, env: dict[str, str]) -> dict[str, str]:
        """The same environment with this machine's own paths, for a run without the sandbox."""
        state = self.options.state
        real = {
            f"/home/{self.account}": str(state.homes / self.account),
            mounts.SOCKETS: str(mounts.sockets(state)),
            f"{mounts.ROOM}/released": str(state.released),
            f"{mounts.ROOM}/datasets": str(PROJECT / "datasets"),
            **{inside: source for source, inside in mounts.of_project(self.given).items()},
            mounts.CONFIG: str(state.hub / "servers" / f"config-{self.account}"),
        }
        for inside, path in real.items():
            env = {name: value.replace(inside, path, 1) if value.startswith(inside) else value
                   for name, value in env.items()}  # fmt: skip
        return env

    async def poll(self) -> int | None:
        """None while the server runs, else its exit code."""
        if self.process is not None:
            return self.process.poll()
        return None if self.pid and psutil.pid_exists(self.pid) else 0

    async def stop(self, now: bool = False) -> None:
        """End the server and everything it started: its kernels and terminals are in its namespace."""
        if not self.pid or await self.poll() is not None:
            return
        family = await asyncio.to_thread(descendants, self.pid)
        if not now:
            signal_all([process for process in family if PROGRAM in words(process)], signal.SIGTERM)
            await asyncio.to_thread(psutil.wait_procs, family[:1], GENTLE_SECONDS)
        signal_all(family, signal.SIGKILL)
        await asyncio.to_thread(self._reap)

    def _reap(self) -> None:
        if self.process is not None:
            self.process.wait(timeout=5)
        if self.group is not None:
            self.group.remove()

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "pid": self.pid, "roles": sorted(self.given)}

    def load_state(self, state: dict[str, Any]) -> None:
        super().load_state(state)
        self.pid, self.given = state.get("pid", 0), frozenset(state.get("roles", ()))

    def clear_state(self) -> None:
        super().clear_state()
        self.pid, self.process, self.group, self.given = 0, None, None, frozenset()
