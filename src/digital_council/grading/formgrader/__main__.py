"""The formgrader service's process, started by the hub: `python -m digital_council.grading.formgrader`."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import sys
from pathlib import Path
from urllib.parse import urlparse

from tornado.httpserver import HTTPServer


async def serve() -> None:
    """Listen on the address the hub gave, until SIGTERM."""
    from digital_council.grading.formgrader.server import Courses

    # nbgrader makes a gradebook with the program `alembic`, which is beside this Python.
    os.environ["PATH"] = f"{sys.prefix}/bin:{os.environ.get('PATH', '')}"
    address = urlparse(os.environ["JUPYTERHUB_SERVICE_URL"])
    folder = Path(os.environ["COUNCIL_STATE"]) / "marking"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    router = Courses(
        os.environ["JUPYTERHUB_SERVICE_PREFIX"],
        folder,
        os.environ["COUNCIL_PORTAL_SOCKET"],
        secrets.token_bytes(32),
    )
    HTTPServer(router, xheaders=True).listen(address.port or 0, address.hostname or "127.0.0.1")
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve())
