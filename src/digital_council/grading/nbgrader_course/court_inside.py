"""The sandbox that judges are forked in: `serve` forks one for each socket sent, and never reads a learner's byte.

A judge runs an author's tests on a learner's values. Should it be turned against this process, it may not read or write
its memory, and ending it ends all judging here, which the other side sees.
"""

import contextlib
import gc
import json
import os
import resource
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from digital_council.kernel import confine, namespaces, privilege
from digital_council.kernel.processes import family, tasks

from .. import inside_untrusted as inside
from . import compiled
from .judge_inside import JudgeServer

LIMITS = resource.RLIMIT_AS, resource.RLIMIT_NOFILE, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC
ROUNDS = 50


def serve(sock: socket.socket, argument: bytes) -> None:
    """Lend judges until the other side closes; ends the process."""
    try:
        options = json.loads(argument)
        inside.warm()
        if not os.path.ismount(namespaces.SCRATCH):  # what is removed between judges must be a sandbox's own
            os._exit(72)
        sources = {str(p.relative_to(".")): p.read_bytes() for p in Path().rglob("*") if p.is_file()}
        known(options["imports"])
        for name, source in options["cells"]:
            compiled.of(source, name)
        privilege.prctl(privilege.PR_SET_CHILD_SUBREAPER, 1)
        privilege.prctl(privilege.PR_SET_DUMPABLE, 0)
        gc.collect()
        gc.freeze()
        lend(sock, sources, options["session"])
    except BaseException:
        os._exit(70)
    os._exit(0)


def known(imports: list[str]) -> None:
    """Import what the author's notebooks import, so that no judge has to; a failure is the judge's to meet."""
    sys.path.append(os.getcwd())
    for statement in imports:
        with contextlib.suppress(Exception):
            exec(statement, {})  # noqa: S102  (the author's own)
    sys.path.remove(os.getcwd())
    if len(list(Path("/proc/self/task").iterdir())) != 1:
        os._exit(71)  # a fork beside a thread may hang


def lend(sock: socket.socket, sources: dict[str, bytes], session: dict[str, Any]) -> None:
    """Fork a judge for each socket received."""
    before = own_state()
    while True:
        _, descriptors, _, _ = socket.recv_fds(sock, 1, 1)
        if not descriptors:
            return
        end_all()
        if own_state() != before:
            return
        clean(sources)
        line = socket.socket(fileno=descriptors[0])
        if os.fork() == 0:
            judge(sock, line, session)
        line.close()


def judge(sock: socket.socket, line: socket.socket, session: dict[str, Any]) -> NoReturn:
    """In the fork: be one notebook's judge."""
    try:
        sock.close()
        privilege.prctl(privilege.PR_SET_DUMPABLE, 1)  # as any process that minds its own /proc/self
        confine.reseed()
        JudgeServer(line, inside._WARM[0], session).loop()
    except BaseException:
        os._exit(70)
    finally:
        os._exit(0)


def own_state() -> list[Any]:
    """What another process of this user could have changed of this one."""
    limits = [resource.getrlimit(limit) for limit in LIMITS]
    return [limits, os.getpriority(os.PRIO_PROCESS, 0), os.sched_getaffinity(0), os.sched_getscheduler(0)]


def end_all() -> None:
    """End every process that the judges before have left."""
    for _ in range(ROUNDS):
        left = [pid for pid in family(os.getpid()) if pid != os.getpid()]
        if not left:
            return
        for pid in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        for pid in left:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0 if tasks(pid) else os.WNOHANG)
    os._exit(73)


def clean(sources: dict[str, bytes]) -> None:
    """Make the sandbox's own folders what they were."""
    own = os.stat(namespaces.SCRATCH).st_dev
    for place in namespaces.WRITABLE.values():
        for entry in os.scandir(place):
            if entry.stat(follow_symlinks=False).st_dev != own:
                continue
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                os.unlink(entry.path)
    os.chdir(namespaces.WRITABLE["work"])
    for name, content in sources.items():
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "xb") as stream:
            stream.write(content)
