"""Asking a warm kernel for forks, from any process of its owner's."""

import json
import socket
from collections.abc import Mapping
from pathlib import Path

from digital_council.errors import LearnerError, OperatorError
from digital_council.kernel import wire
from digital_council.kernel.cgroups import enclose
from digital_council.kernel.child_untrusted import READY, parcel
from digital_council.kernel.cold import start as start_cold
from digital_council.kernel.fork import Fork
from digital_council.kernel.limits import Limits
from digital_council.kernel.mounts import Mounts
from digital_council.kernel.processes import family
from digital_council.kernel.watchdog import watch

_START = 60.0  # seconds for a fork, which may wait for the parent to be started anew and warmed
_REFUSAL = 2000
_LONGEST_NAME = 200


class WarmClient:
    """A door to a warm kernel by its address. Holds nothing but the address, so it can be pickled."""

    def __init__(self, address: str, limits: Limits, cold: Mounts | None = None) -> None:
        self.address, self.limits = address, limits
        self.cold = cold  # what a sandbox sees, when there is no warm parent that could fork

    def fork(self, entry: str, argument: bytes = b"", limits: Limits | None = None,
             files: Mapping[str, bytes] | None = None, *, shared: str | None = None) -> Fork:  # fmt: skip
        """Call `entry` ("package.module:function") as function(socket, argument) in a sandbox of its own.

        `files` are in its work folder before. Returns once the sandbox is closed: nothing untrusted was sent before
        that. Raises OperatorError when no sandbox could be made, LearnerError for a file name that is refused.
        """
        sent = parcel(argument, {checked_name(name): content for name, content in (files or {}).items()})
        made = self._ask(entry, limits or self.limits, shared)
        try:
            _await_ready(made, entry)
            made.group = enclose(family(made.pid), made.limits)
            watch(made)
            made.socket.settimeout(_START)
            made.socket.sendall(sent)
            made.socket.settimeout(None)
        except BaseException:
            made.close()
            raise
        return made

    def _ask(self, entry: str, limits: Limits, shared: str | None) -> Fork:
        if self.cold is not None:
            folder = Path(self.address).parent / "shared" / shared if shared else None
            return start_cold(self.cold, entry, limits, folder)
        while True:
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.settimeout(_START)
                connection.connect(self.address)
                wire.send(connection, {"entry": entry, "limits": limits.to_json(), "shared": shared})
                answer, descriptors = wire.receive(connection)
            except (OSError, EOFError) as error:
                connection.close()
                raise OperatorError(f"the warm kernel at {self.address} does not answer ({error})") from error
            if "uid" in answer:
                made = Fork(connection, socket.socket(fileno=descriptors[0]), descriptors[1], answer["uid"], limits)
                made.bare, made.inherited = answer["bare"], answer["inherited"]
                return made
            connection.close()
            if "again" not in answer:
                raise OperatorError(f"the warm kernel made no fork: {answer.get('error')}")


def connect(address: str) -> WarmClient:
    """A door to the warm kernel at this address, with its own limits as the default."""
    record = json.loads(Path(f"{address}.json").read_text())
    cold = Mounts.from_json(record["cold"]) if record["cold"] else None
    return WarmClient(address, Limits(**record["limits"]), cold)


def checked_name(name: str) -> str:
    """A file's name within the work folder; raises LearnerError, naming it, when it would lead anywhere else."""
    parts = name.split("/")  # an absolute name has an empty first part
    if {"", ".", ".."} & set(parts) or any(len(part.encode(errors="replace")) > _LONGEST_NAME for part in parts):
        raise LearnerError(f"the file name {name!r} is refused; name a file inside the work folder")
    if not all(character.isprintable() for character in name):
        raise LearnerError(f"the file name {name!r} is refused; it has characters that cannot be shown")
    return name


def _await_ready(made: Fork, entry: str) -> None:
    made.socket.settimeout(_START)
    try:
        first = made.socket.recv(1)
        if first == READY:
            return
        said = made.socket.recv(_REFUSAL).decode(errors="replace") if first else "it ended at once"
    except OSError as error:
        said = str(error)
    raise OperatorError(f"{entry} could not be started in its sandbox: {said}")
