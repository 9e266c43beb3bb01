"""Runs in a fork: does what the test asks and sends back what came of it."""

import json
import socket
import traceback


def run(connection: socket.socket, argument: bytes) -> None:
    """Execute the argument; its `result` as JSON, or the error's type and text."""
    names: dict[str, object] = {"connection": connection}
    try:
        exec(compile(argument, "<act>", "exec"), names)
        answer = {"result": names.get("result")}
    except BaseException as error:
        answer = {"error": type(error).__name__, "text": str(error), "trace": traceback.format_exc()}
    connection.sendall(json.dumps(answer).encode() + b"\n")


def converse(connection: socket.socket, argument: bytes) -> None:
    """Execute one act after another, as long as any come."""
    names: dict[str, object] = {}
    with connection.makefile("rb") as stream:
        for line in stream:
            exec(json.loads(line), names)
            connection.sendall(json.dumps(names.pop("result", None)).encode() + b"\n")
