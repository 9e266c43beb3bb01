"""Restore: the state back from a backup, every file compared with its fingerprint before any takes its place."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import tarfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digital_council.errors import OperatorError
from digital_council.hub.backup import FORMAT, MANIFEST, TREES, VERSION
from digital_council.settings import State


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("restore", help="bring the state back from such a file")
    parser.add_argument("file", metavar="FILE", type=Path, help="a file that council backup wrote")
    parser.add_argument("--state", metavar="DIR", help="the state directory to fill; it must be empty (.state)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Restores and says what came back."""
    state = State(arguments.state)
    made_at, count = restore(state, arguments.file)
    print(f"{state.root}: {count} files as they were at {made_at}; start with council serve")
    return 0


def restore(state: State, file: Path) -> tuple[str, int]:
    """Fills an empty state directory; gives when the backup was made and how many files it holds.

    Raises OperatorError, leaving nothing behind, when the state is not empty, when the file is no backup or of a
    newer format, or when any fingerprint differs.
    """
    _check_empty(state)
    aside = state.root / ".restoring"
    try:
        aside.mkdir(parents=True, mode=0o700)
        with tarfile.open(file) as tar:
            manifest = Extraction(aside, file).all(tar)
        _take_place(aside, state)
    except (OSError, tarfile.TarError, zlib.error, EOFError, ValueError) as error:
        why = str(error).partition("\n")[0].rstrip(":")
        raise OperatorError(f"{file}: could not be restored ({why}); check the file and the disk's room") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return str(manifest["made_at"]), len(manifest["files"])


def _check_empty(state: State) -> None:
    for folder, _, files in os.walk(state.root):
        if files:
            raise OperatorError(
                f"{state.root}: is not empty ({Path(folder) / files[0]}), and a restore replaces nothing: "
                "move it away, or name another folder with --state DIR"
            )


@dataclass
class Extraction:
    """A backup being read into a folder of its own."""

    target: Path
    file: Path
    found: dict[str, str] = field(default_factory=dict)
    links: list[tarfile.TarInfo] = field(default_factory=list)
    folders: list[tarfile.TarInfo] = field(default_factory=list)

    def all(self, tar: tarfile.TarFile) -> dict[str, Any]:
        """Everything in it, compared with its manifest, which is returned."""
        manifest: dict[str, Any] | None = None
        for member in tar:
            if member.name == MANIFEST:
                manifest = self._manifest(tar, member)
            else:
                self._member(tar, member)
        if manifest is None:
            raise OperatorError(f"{self.file}: is no backup of this product, or is cut short; try another one")
        self._compare(manifest["files"])
        # Links come when no file will be written any more, so that none is written through one.
        for member in self.links:
            os.symlink(member.linkname, self.target / member.name)
            _own(self.target / member.name, member)
        for member in reversed(self.folders):
            _own(self.target / member.name, member)
        return manifest

    def _manifest(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> dict[str, Any]:
        stream = tar.extractfile(member)
        found: dict[str, Any] = json.loads(stream.read()) if stream else {}
        if found.get("format") != FORMAT:
            raise OperatorError(
                f"{self.file}: is of format {found.get('format')}, and this release knows {FORMAT}: "
                "use the release that wrote it"
            )
        return found

    def _member(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        parts = Path(member.name).parts
        sound = parts and (parts[0] in TREES or member.name == VERSION) and ".." not in parts
        if not sound or not (member.isreg() or member.isdir() or member.issym()):
            raise OperatorError(f"{self.file}: holds {member.name!r}, which no backup holds; nothing was restored")
        path = self.target / member.name
        if member.isdir():
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folders.append(member)
        elif member.issym():
            self.links.append(member)
        else:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(tar, member, path)

    def _write(self, tar: tarfile.TarFile, member: tarfile.TarInfo, path: Path) -> None:
        stream = tar.extractfile(member)
        if stream is None:
            raise OperatorError(f"{self.file}: {member.name} cannot be read; nothing was restored")
        digest = hashlib.sha256()
        with path.open("xb") as target:
            while data := stream.read(1 << 20):
                digest.update(data)
                target.write(data)
            target.flush()
            os.fsync(target.fileno())
        os.utime(path, (member.mtime, member.mtime))
        _own(path, member)
        self.found[member.name] = digest.hexdigest()

    def _compare(self, expected: dict[str, str]) -> None:
        for name in sorted(expected.keys() | self.found.keys()):
            if expected.get(name) != self.found.get(name):
                raise OperatorError(
                    f"{self.file}: {name} is not as it was backed up, so nothing was restored: try another backup"
                )


def _own(path: Path, member: tarfile.TarInfo) -> None:
    """Owner and mode as they were; the owner only where we may give things away."""
    if os.geteuid() == 0:
        os.lchown(path, member.uid, member.gid)
    if not member.issym():
        path.chmod(member.mode & 0o777)


def _take_place(aside: Path, state: State) -> None:
    """Moves each tree into place, the version last: without it nothing starts on half a state."""
    for name in sorted(os.listdir(aside), key=lambda name: (name == VERSION, name)):
        place = state.root / name
        if place.is_dir():
            shutil.rmtree(place)  # seen to hold no file
        (aside / name).rename(place)
    state.ensure()
