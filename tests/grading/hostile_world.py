"""The world that hostile submissions attack: marks, secrets, services and neighbours, with a way to see what bit."""

import contextlib
import ctypes
import http.server
import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

HERE = Path(__file__).parent


class World:
    """Built anew for each attack; `bitten` says whether something was changed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.secret = f"needle-{secrets.token_hex(8)}"
        self.marker = f"3{secrets.randbelow(10**8)}.25"
        self.shm = f"council-{secrets.token_hex(4)}"
        self.closers: list[Callable[[], Any]] = []
        self.heard: list[bytes] = []
        self.needle = {"needle": self.secret, "kept": []}
        self.places: dict[str, Any] = {"root": root, "secret": self.secret, "marker": self.marker, "shm": self.shm}
        self._files()
        self._memory()
        self._services()
        self._neighbour()

    def _files(self) -> None:
        for name in ("outside", "library", "home"):
            (self.root / name).mkdir()
            self.places[name] = self.root / name
        for name, text in (("marks", "MARKS 1"), ("checks.py", "assert total == 49"), ("other", "x"), ("a.key", "k")):
            path = self.root / name
            path.write_text(f"{text} {self.secret}")
            self.places[name.partition(".")[0] if name != "a.key" else "key"] = path
        self.marks = self.root / "marks"
        (self.root / "library/councilstats.py").write_text("total = 0")
        (self.root / "library/git").write_text("#!/bin/sh\n")
        self.places["ledger"] = self.root / "ledger.db"
        with contextlib.closing(sqlite3.connect(self.places["ledger"])) as ledger:
            ledger.execute("create table mark (text)")
            ledger.execute("insert into mark values (?)", (self.secret,))
            ledger.commit()
        Path("/dev/shm", self.shm).write_text(self.secret)
        self.descriptor = os.open(self.marks, os.O_RDWR)
        self.closers += [lambda: os.close(self.descriptor), self._sweep]
        self.places["lesson"] = HERE / "lesson/bins"

    def _sweep(self) -> None:
        for place in ("/tmp", "/dev/shm"):
            for path in Path(place).glob(f"{self.shm}*"):
                path.unlink()

    def _memory(self) -> None:
        self.text = ctypes.create_string_buffer(self.secret.encode().ljust(64))
        self.canary = ctypes.create_string_buffer(b"alive!" + bytes(10))
        self.places |= {"address": ctypes.addressof(self.text), "canary": ctypes.addressof(self.canary)}

    def _services(self) -> None:
        self.places["port"] = self._listen(socket.AF_INET, ("127.0.0.1", 0), self.secret.encode())
        self.places["home_port"] = self._listen(socket.AF_INET, ("127.0.0.1", 0), b"")
        self._listen(socket.AF_UNIX, f"\0{self.shm}", self.secret.encode())
        self.places |= {"abstract": self.shm, "sockfile": self.root / "s"}
        self._listen(socket.AF_UNIX, str(self.root / "s"), self.secret.encode())
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        udp.setblocking(False)
        self.udp, self.places["udp"] = udp, udp.getsockname()[1]
        self.closers.append(udp.close)
        self._web()

    def _web(self) -> None:
        body = self.secret.encode()

        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        server = http.server.HTTPServer(("127.0.0.1", 0), Page)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.closers += [server.server_close, server.shutdown]
        self.places["web"] = server.server_address[1]

    def _listen(self, family: int, address: Any, says: bytes) -> Any:
        listener = socket.socket(family)
        listener.bind(address)
        listener.listen()

        def answer() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(1)
                    connection.sendall(says)
                    if not says:
                        with contextlib.suppress(OSError):
                            self.heard.append(connection.recv(100))

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()

        def close() -> None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join(2)

        self.closers.append(close)
        return listener.getsockname()[1] if family == socket.AF_INET else address

    def _neighbour(self) -> None:
        self.decoy = subprocess.Popen(
            ["sh", "-c", f"sleep 600 # {self.secret}"], env=os.environ | {"COUNCIL_NEEDLE": self.secret}
        )
        self.places["decoy"] = self.decoy.pid
        self.limit = psutil.Process(self.decoy.pid).rlimit(psutil.RLIMIT_NOFILE)

    def code(self, text: str) -> str:
        """An attack with this world's places filled in."""
        for name, value in self.places.items():
            text = text.replace(f"@{name}@", str(value))
        return text

    def bitten(self) -> bool:
        """Whether anything outside has changed."""
        files = [p for p in self.root.rglob("*") if p.is_file() and "bitten" in p.read_text(errors="replace")]
        notes = [p for place in ("/tmp", "/dev/shm") for p in Path(place).glob(f"{self.shm}-note")]
        with contextlib.suppress(BlockingIOError):
            self.heard.append(self.udp.recv(100))
        return bool(
            files
            or notes
            or (self.root / "outside/bitten").exists()
            or self.secret not in self.marks.read_text()
            or self.canary.raw.startswith(b"bitten")
            or b"bitten" in b"".join(self.heard)
            or not self._neighbour_well()
            or self._left_running()
        )

    def _neighbour_well(self) -> bool:
        if self.decoy.poll() is not None:
            return False
        process = psutil.Process(self.decoy.pid)
        return process.status() != psutil.STATUS_STOPPED and process.rlimit(psutil.RLIMIT_NOFILE) == self.limit

    def _left_running(self) -> bool:
        """Whether a process stays: one that is being killed has a moment to go."""
        for _ in range(40):
            if not self.marked():
                return False
            time.sleep(0.025)
        return True

    def marked(self) -> list[psutil.Process]:
        """Processes an attack has left behind."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if self.marker in process.cmdline():
                    found.append(process)
        return found

    def close(self) -> None:
        for process in self.marked():
            with contextlib.suppress(psutil.Error):
                process.kill()
        self.decoy.kill()
        self.decoy.wait()
        for close in reversed(self.closers):
            close()
        shutil.rmtree(self.root, ignore_errors=True)
