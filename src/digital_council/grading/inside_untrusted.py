"""What runs inside a fork: a shell for the learner's cells, and a small server for those outside.

`serve` is called in the sandboxed child. It answers one request at a time: `run` a cell (and take values at once),
`take` names, `put` values, `call` a function. Once a cell has run, every word it says is the learner's: nothing it
answers is believed beyond being a value.
"""

import json
import os
import socket
import sys
from typing import Any

from . import frames
from .errors_untrusted import error_record_untrusted
from .shell_untrusted import Shell, new_shell, redirect_untrusted
from .values import Bounds, ValuesError, decode, encode_untrusted, listed_untrusted

_WARM: list[Shell] = []


def warm() -> None:
    """Make the shell before any fork; does nothing the second time."""
    if not _WARM:
        _WARM.append(new_shell())


def serve(sock: socket.socket, argument: bytes) -> None:
    """Answer requests until the other side closes; never returns into the parent's code."""
    try:
        options = json.loads(argument)
        warm()
        Server(sock, _WARM[0], options).loop()
    except BaseException:
        os._exit(70)
    os._exit(0)


class Server:
    """One session's requests, answered in the learner's process."""

    near = True  # whether an error's record has the names that are nearly right, which takes a while to find

    def __init__(self, sock: socket.socket, shell: Shell, options: dict[str, Any]) -> None:
        self.sock, self.shell = sock, shell
        self.bounds = Bounds(max_bytes=options["value_bytes"])
        self.message = Bounds(max_bytes=options["value_bytes"] * 2 + options["output_bytes"] * 2)
        shell.outputs.limit = options["output_bytes"]
        redirect_untrusted(shell.outputs)
        # Nothing a submission brings may shadow a module.
        sys.path[:] = [p for p in sys.path if p not in ("", ".", os.getcwd())]

    def loop(self) -> None:
        frames.send(self.sock, encode_untrusted({"ready": True}, self.message))
        while True:
            try:
                request = decode(frames.receive(self.sock, self.message.max_bytes * 2), self.message)
            except frames.Closed:
                return
            operation = getattr(self, request["op"] + "_untrusted")
            self.send(operation(request))

    def send(self, reply: dict[str, Any]) -> None:
        try:
            frame = encode_untrusted(reply, self.message)
        except ValuesError as error:
            frame = encode_untrusted({"refused": str(error)}, self.message)
        frames.send(self.sock, frame)

    def run_untrusted(self, request: dict[str, Any]) -> dict[str, Any]:
        """Run one cell; what should be taken is encoded before anything else of the learner's can happen."""
        outputs = self.shell.outputs
        outputs.begin(bool(request.get("quiet")))
        self.shell.compile.cell = request["cell"]
        try:
            error = self.ran_untrusted(request["code"], request["cell"])
        except BaseException as raised:
            error = raised
        reply = {"error": error_record_untrusted(error, self.near) if error is not None else None}
        reply["values"] = {name: self.value_untrusted(name) for name in request.get("take", [])}
        return reply | {"outputs": outputs.take()}

    def ran_untrusted(self, code: str, cell: str) -> BaseException | None:
        """Run code; the error that ended it."""
        result = self.shell.run_cell(code, store_history=True, cell_id=cell)
        error: BaseException | None = result.error_before_exec or result.error_in_exec
        return error

    def value_untrusted(self, name: str) -> dict[str, Any]:
        if name not in self.shell.user_ns:
            return {"missing": True}
        return self.encoded_untrusted(self.shell.user_ns[name])

    def encoded_untrusted(self, value: Any) -> dict[str, Any]:
        try:
            return {"value": encode_untrusted(value, self.bounds)}
        except ValuesError as error:
            return {"refused": str(error)}

    def take_untrusted(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"values": {name: self.value_untrusted(name) for name in request["names"]}}

    def put_untrusted(self, request: dict[str, Any]) -> dict[str, Any]:
        self.shell.user_ns[request["name"]] = decode(request["value"], self.bounds)
        return {}

    def call_untrusted(self, request: dict[str, Any]) -> dict[str, Any]:
        """Call a function of the learner's with data; changed arguments go back beside the result."""
        self.shell.outputs.begin(quiet=False)
        args, kwargs = decode(request["args"], self.bounds)
        try:
            with self.shell.builtin_trap:
                result = listed_untrusted(self.shell.user_ns[request["name"]](*args, **kwargs))
        except BaseException as raised:
            return {"raised": error_record_untrusted(raised), "outputs": self.shell.outputs.take()}
        reply = self.encoded_untrusted(result) | {"outputs": self.shell.outputs.take()}
        return reply | {"changed": self.encoded_untrusted((args, kwargs))} if request.get("changed") else reply
