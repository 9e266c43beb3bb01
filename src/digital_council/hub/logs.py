"""Logs: what the parts print goes to files that are turned over, so that the terminal stays readable."""

from __future__ import annotations

import logging
import subprocess
import threading
from collections import deque
from logging.handlers import RotatingFileHandler
from pathlib import Path

EACH_MB = 5
KEPT = 5
TAIL = 12


class Log:
    """Copies what a process prints into a rotating file, in a thread of its own; remembers the last lines."""

    def __init__(self, path: Path, process: subprocess.Popen[bytes]) -> None:
        self.path = path
        self.last: deque[str] = deque(maxlen=TAIL)
        self._file = RotatingFileHandler(path, maxBytes=EACH_MB << 20, backupCount=KEPT, encoding="utf-8")
        self._thread = threading.Thread(target=self._copy, args=(process,), daemon=True)
        self._thread.start()

    def _copy(self, process: subprocess.Popen[bytes]) -> None:
        for line in process.stdout or ():
            text = line.decode("utf-8", "replace").rstrip()
            self.last.append(text)
            self._file.emit(logging.makeLogRecord({"msg": text}))

    def close(self) -> None:
        self._thread.join(timeout=2)
        self._file.close()
