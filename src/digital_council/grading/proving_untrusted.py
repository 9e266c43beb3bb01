"""What runs inside a fork to prove a unit: its author's checks, solutions and attempts, and nothing of anybody else's.

The author's checks run here, so the report is the author's word about their own unit: enough for whoever writes or
reviews it, and no mark comes of it.
"""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

from digital_council.courses.check import check_unit
from digital_council.courses.trusted import TrustedSession

from . import frames
from .friendly import Explained
from .values import Bounds, Opaque, ValuesError, decode, encode_untrusted, listed_untrusted


class Crossing(TrustedSession):
    """A session whose values cross as a learner's do: what could not leave a sandbox cannot be taken here either."""

    bounds = Bounds()

    def take(self, name: str) -> Any:
        """The plain value of a name; raises LearnerRaised where there is none or it cannot cross."""
        return self._crossed(super().take(name))

    def call(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        """What a function gives, for inputs that crossed too."""
        arguments, named = self._crossed((args, kwargs))
        return self._crossed(listed_untrusted(super().call(name, arguments, named)))

    def _crossed(self, value: Any) -> Any:
        try:
            found = decode(encode_untrusted(value, self.bounds), self.bounds)
        except ValuesError as error:
            raise Explained("too-large", "The answer is too large or too strange to be checked.", str(error)) from None
        if isinstance(found, Opaque):
            raise Explained("kind-of-answer", "The answer should be a plain value.", f"It is a {found.type_name}.")
        return found


def prove_untrusted(sock: socket.socket, argument: bytes) -> None:
    """Prove the unit in the work folder and send the report."""
    order = json.loads(argument)
    Crossing.bounds = Bounds(max_bytes=order["value_bytes"])
    report = check_unit(Path(order["folder"]).resolve(), order["course"], order["pass_mark"], Crossing)
    told = json.dumps(report.to_json()).replace(f"{Path.cwd()}/", "")  # this folder is nowhere outside
    frames.send(sock, told.encode())
