"""A fork's own processes: a small init that builds the sandbox, and its child, which calls the function asked for.

Neither ever returns into the parent's code: an exception that unwound there would act in its name.
"""

import importlib
import os
import socket
import struct
from dataclasses import dataclass
from typing import NoReturn

from digital_council.kernel import confine, namespaces, privilege
from digital_council.kernel.limits import Limits
from digital_council.kernel.wire import receive_exactly

_NOBODY = 65534
DATA = 3  # the descriptor of the data socket in the fork
READY, REFUSED = b"+", b"-"
_COUNT, _FILE, _SIZE = struct.Struct("!I"), struct.Struct("!HQ"), struct.Struct("!Q")


@dataclass(frozen=True)
class Order:
    """One fork to be made; all of it chosen by trusted code."""

    entry: str
    limits: Limits
    uid: int
    shared: str | None
    kept: tuple[str, ...]  # mounts that stay visible below the sandbox's own folders
    folder: str | None  # without a sandbox: where to work


def run_init(order: Order, rules: confine.Rules | None, data: int) -> NoReturn:
    """Be process 1 of the sandbox until the function's process ends; without rules there is no sandbox."""
    try:
        os.setsid()
        os.dup2(data, DATA, inheritable=False)
        confine.close_all_but(DATA)
        _build(order, rules)
        child = os.fork()
        if child == 0:
            _run_function(order, rules)
        os.close(DATA)
        if rules:  # the function's process must not be able to signal or trace this one
            if rules.own_users:
                privilege.become(_NOBODY, _NOBODY)
            privilege.prctl(privilege.PR_SET_DUMPABLE, 0)
            privilege.renounce()
        os._exit(_reap(child))
    except BaseException as error:
        refuse(error)


def _build(order: Order, rules: confine.Rules | None) -> None:
    if rules is None:
        privilege.prctl(privilege.PR_SET_CHILD_SUBREAPER, 1)
        return
    if not rules.own_users:
        namespaces.map_user(order.uid, order.uid)
    namespaces.build_view(order.limits, order.uid, order.shared, order.kept)


def _reap(child: int) -> int:
    """Collect every orphan; the exit status of `child` when it has ended."""
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _run_function(order: Order, rules: confine.Rules | None) -> NoReturn:
    """Confine this process, say so, take the argument and the files, call the function; ends the process."""
    try:
        os.setsid()
        os.umask(0o077)
        if rules:
            confine.confine(rules, order.limits, order.uid)
        else:
            confine.set_limits(order.limits)
        os.chdir(order.folder or namespaces.WRITABLE["work"])  # closed to anyone but this fork's user
        confine.reseed()
        serve(order.entry)
    except BaseException as error:
        refuse(error)


def serve(entry: str) -> NoReturn:
    """With the process confined: say so, take the argument and the files, call the function; ends the process."""
    connection = socket.socket(fileno=DATA)
    module, _, name = entry.partition(":")
    function = getattr(importlib.import_module(module), name)
    connection.sendall(READY)
    argument = _take(connection)  # from here on bytes are untrusted
    status = 1
    try:
        function(connection, argument)
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else 1
    except BaseException:  # never unwinds: what is above this frame is the parent's
        status = 1
    finally:
        os._exit(status)


def _take(connection: socket.socket) -> bytes:
    """Write the files sent into the work folder, where we are, and return the argument."""
    (files,) = _COUNT.unpack(receive_exactly(connection, _COUNT.size))
    for _ in range(files):
        length, size = _FILE.unpack(receive_exactly(connection, _FILE.size))
        name = receive_exactly(connection, length).decode()
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        with open(name, "xb") as stream:
            stream.write(receive_exactly(connection, size))
    (size,) = _SIZE.unpack(receive_exactly(connection, _SIZE.size))
    return receive_exactly(connection, size)


def parcel(argument: bytes, files: dict[str, bytes]) -> bytes:
    """What `_take` takes."""
    parts = [_COUNT.pack(len(files))]
    for name, content in files.items():
        encoded = name.encode()
        parts += [_FILE.pack(len(encoded), len(content)), encoded, content]
    return b"".join([*parts, _SIZE.pack(len(argument)), argument])


def refuse(error: BaseException) -> NoReturn:
    """Say on the data socket what went wrong before anything untrusted was read, and end."""
    try:
        text = f"{type(error).__name__}: {error}".encode()[:2000]
        os.write(DATA, REFUSED + text)
    finally:
        os._exit(1)
