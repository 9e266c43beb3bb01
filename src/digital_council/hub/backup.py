"""Backup: the whole state in one file, taken while the product runs, each file with its fingerprint.

The databases are copied first and at one moment each; what they speak of is copied after. So a submission may be in
the file that its ledger does not know yet, never the other way round. The file holds secrets: only its owner reads it.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import sqlite3
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from digital_council import settings
from digital_council.errors import OperatorError
from digital_council.settings import State

FORMAT = 1
MANIFEST = "manifest.json"
DATABASES = ("ledger", "drafts", "hub")
TREES = (*DATABASES, "secrets", "submissions", "releases", "released", "apps", "homes")
"""All that must last. Logs and sockets need not."""

VERSION = "version.json"
_LEFT_OUT = ("-wal", "-shm", "-journal", ".lock", "/lock", "/started")
_IN_MEMORY = 16 << 20
_SUFFIXES = (".db", ".sqlite")


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("backup", help="write the whole state to one file")
    parser.add_argument("file", metavar="FILE", type=Path, help="where to; a name ending in .gz is compressed")
    parser.add_argument("--state", metavar="DIR", help="the state directory (.state)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Writes the file and says what is in it."""
    made = backup(State(arguments.state), arguments.file)
    print(f"{arguments.file}: {len(made)} files, {arguments.file.stat().st_size / 1e6:.1f} MB")
    url = settings.load().ledger.url
    if url and not url.startswith("sqlite"):
        print("The ledger is in a database server and is not in this file: back that up with the server's own tools.")
    return 0


def backup(state: State, file: Path) -> dict[str, str]:
    """Writes the state to `file`, whole or not at all; gives the fingerprint of each file in it.

    Raises OperatorError when there is no state or the file cannot be written.
    """
    if not state.ledger.is_dir():
        raise OperatorError(f"{state.root}: there is no state here to back up; name its folder with --state DIR")
    try:
        with (
            _beside(file) as stream,
            tempfile.TemporaryDirectory(dir=file.parent) as scratch,
            tarfile.open(fileobj=stream, mode="w:gz" if file.suffix == ".gz" else "w") as tar,
        ):
            archive = Archive(tar)
            archive.databases(state, Path(scratch))
            archive.trees(state)
            archive.close()
    except (OSError, sqlite3.Error) as error:
        raise OperatorError(f"{file}: the backup could not be written ({error}); make room or choose another") from None
    return archive.fingerprints


@contextmanager
def _beside(file: Path) -> Iterator[IO[bytes]]:
    """A new file that takes the name only when it is whole and on the disk."""
    part = file.with_name(f".{file.name}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


@dataclass
class Archive:
    """A backup being written."""

    tar: tarfile.TarFile
    fingerprints: dict[str, str] = field(default_factory=dict)

    def databases(self, state: State, scratch: Path) -> None:
        """A copy of each database as at one moment, whoever is writing to it."""
        for tree in DATABASES:
            for path in sorted(_databases(state.root / tree)):
                copy = scratch / path.name
                _copy_database(path, copy)
                with copy.open("rb") as stream:
                    self._file(f"{tree}/{path.name}", stream, path.stat())
                copy.unlink()

    def trees(self, state: State) -> None:
        """Every other file, folder and link. Never follows a link: a learner may have put it there."""
        if (state.root / VERSION).is_file():
            with (state.root / VERSION).open("rb") as stream:
                self._file(VERSION, stream, os.fstat(stream.fileno()))
        for tree in TREES:
            if (state.root / tree).is_dir():
                for path, _, files, handle in os.fwalk(state.root / tree, follow_symlinks=False):
                    inside = Path(path).relative_to(state.root).as_posix()
                    self._add(tarfile.DIRTYPE, inside, os.fstat(handle))
                    for name in sorted([*files, *_links(handle)]):
                        self._entry(inside, name, handle)

    def close(self) -> None:
        """The manifest, last, when all fingerprints are known."""
        moment = datetime.now(UTC).isoformat(timespec="seconds")
        manifest = {"format": FORMAT, "made_at": moment, "files": self.fingerprints}
        data = json.dumps(manifest, indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(data), 0o600
        self.tar.addfile(info, io.BytesIO(data))

    def _entry(self, inside: str, name: str, folder: int) -> None:
        path = f"{inside}/{name}"
        if path in self.fingerprints or path.endswith(_LEFT_OUT):
            return
        try:
            kind = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if stat.S_ISLNK(kind.st_mode):
                self._add(tarfile.SYMTYPE, path, kind, link=os.readlink(name, dir_fd=folder))
            elif stat.S_ISREG(kind.st_mode):
                # Looked at again once open: what was a file may by now be a link or a pipe.
                handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
                with os.fdopen(handle, "rb") as stream:
                    if stat.S_ISREG(os.fstat(handle).st_mode):
                        self._file(path, stream, os.fstat(handle))
        except FileNotFoundError:
            return  # removed by its owner while we were at it

    def _file(self, path: str, stream: IO[bytes], kind: os.stat_result) -> None:
        # Copied first, so that its length and fingerprint are of one moment though somebody is writing to it.
        digest, length = hashlib.sha256(), 0
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
            while data := stream.read(1 << 20):
                digest.update(data)
                length += copy.write(data)
            copy.seek(0)
            self.fingerprints[path] = digest.hexdigest()
            self._add(tarfile.REGTYPE, path, kind, copy, length)

    def _add(
        self, kind: bytes, path: str, of: os.stat_result, data: IO[bytes] | None = None, length: int = 0, link: str = ""
    ) -> None:
        info = tarfile.TarInfo(path)
        info.type, info.linkname, info.size = kind, link, length
        info.mode, info.uid, info.gid, info.mtime = stat.S_IMODE(of.st_mode), of.st_uid, of.st_gid, int(of.st_mtime)
        self.tar.addfile(info, data)


def _links(folder: int) -> list[str]:
    """Links to folders, which a walk lists as folders and does not enter."""
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries if entry.is_symlink() and entry.is_dir()]


def _databases(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*") if path.suffix in _SUFFIXES and path.is_file()]


def _copy_database(path: Path, copy: Path) -> None:
    opened = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=30)
    with closing(opened) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        # What is restored starts without a log beside it, so the copy must stand alone.
        target.execute("PRAGMA journal_mode=DELETE")
        found = target.execute("PRAGMA quick_check").fetchone()[0]
    if found != "ok":
        raise OperatorError(f"{path}: the database is damaged ({found}); restore an earlier backup")
