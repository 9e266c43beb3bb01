"""What a sandbox sees: a frozen table of mounts, links and environment."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

PACKAGE_ROOT = Path(__file__).resolve().parents[2]  # the folder that holds the package, and nothing of any room
_ETC = (
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "timezone",
    "fonts",
    "alternatives",
    "mime.types",
    "os-release",
    "terminfo",
    "inputrc",
    "bash.bashrc",
    "profile",
)
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")


@dataclass(frozen=True)
class Mounts:
    """One sandbox's view. Each method returns a new record; nothing is shared between sandboxes by accident."""

    ro: tuple[tuple[str, str], ...] = ()  # (source, target), both absolute
    rw: tuple[tuple[str, str], ...] = ()
    tmpfs: tuple[tuple[str, int, int], ...] = ()  # (target, size in MB, mode)
    links: tuple[tuple[str, str], ...] = ()  # (what it points to, where it is)
    folders: tuple[str, ...] = ()  # empty, to be mounted on later
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: str = "/"

    def read(self, source: str | os.PathLike[str], target: str | os.PathLike[str] | None = None) -> "Mounts":
        """Also show `source`, read-only."""
        return replace(self, ro=(*self.ro, (os.fspath(source), os.fspath(target or source))))

    def write(self, source: str | os.PathLike[str], target: str | os.PathLike[str] | None = None) -> "Mounts":
        """Also show `source`, writable as far as its permissions allow the sandbox's user."""
        return replace(self, rw=(*self.rw, (os.fspath(source), os.fspath(target or source))))

    def scratch(self, target: str, megabytes: int = 256, mode: int = 0o1777) -> "Mounts":
        """Also have an empty, private folder in memory, of limited size."""
        return replace(self, tmpfs=(*self.tmpfs, (target, megabytes, mode)))

    def link(self, points_to: str, target: str) -> "Mounts":
        """Also have a symbolic link."""
        return replace(self, links=(*self.links, (points_to, target)))

    def folder(self, *targets: str) -> "Mounts":
        """Also have these empty folders, read-only."""
        return replace(self, folders=(*self.folders, *targets))

    def setenv(self, **variables: str) -> "Mounts":
        """Also set these environment variables; there are no others."""
        return replace(self, env={**self.env, **variables})

    def at(self, cwd: str) -> "Mounts":
        """Start in this folder."""
        return replace(self, cwd=cwd)

    def __or__(self, other: "Mounts") -> "Mounts":
        return Mounts(
            self.ro + other.ro,
            self.rw + other.rw,
            self.tmpfs + other.tmpfs,
            self.links + other.links,
            self.folders + other.folders,
            {**self.env, **other.env},
            other.cwd if other.cwd != "/" else self.cwd,
        )

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "Mounts":
        """From what `asdict` and JSON made of one."""
        tables = {name: tuple(map(tuple, record[name])) for name in ("ro", "rw", "tmpfs", "links")}
        return cls(**tables, folders=tuple(record["folders"]), env=dict(record["env"]), cwd=record["cwd"])

    def _parents(self) -> set[Path]:
        """Folders that bubblewrap would make on the way, closed to everyone but root, if it were left to it."""
        bound = {Path(target) for _, target in self.ro + self.rw}
        targets = [
            *bound,
            *(Path(target) for target, _, _ in self.tmpfs),
            *(Path(to) for _, to in self.links),
        ]
        made = {parent for target in targets for parent in target.parents if parent != Path("/")}
        known = bound | {Path(target) for target, _, _ in self.tmpfs}
        return {folder for folder in made - known - set(map(Path, self.folders)) if not bound & set(folder.parents)}

    def arguments(self) -> list[str]:
        """As bubblewrap's arguments, outer folders before what lies inside them."""
        steps: list[tuple[str, list[str]]] = []
        steps += [(to, ["--ro-bind", of, to]) for of, to in self.ro]
        steps += [(to, ["--bind", of, to]) for of, to in self.rw]
        steps += [
            (to, ["--perms", f"{mode:o}", "--size", str(size << 20), "--tmpfs", to]) for to, size, mode in self.tmpfs
        ]
        steps += [(to, ["--symlink", of, to]) for of, to in self.links]
        steps += [(to, ["--perms", "755", "--dir", to]) for to in self.folders]
        steps += [(str(folder), ["--perms", "755", "--dir", str(folder)]) for folder in self._parents()]
        steps.sort(key=lambda step: len(Path(step[0]).parts))
        return [word for _, words in steps for word in words]


def _system() -> Mounts:
    mounts = Mounts()
    for path in map(Path, _SYSTEM):
        if path.is_symlink():
            mounts = mounts.link(os.readlink(path), str(path))
        elif path.is_dir():
            mounts = mounts.read(path)
    for path in (Path("/etc") / name for name in _ETC):
        if path.exists():  # resolved: a link may lead out of what the sandbox sees
            mounts = mounts.read(path.resolve(), path)
    return mounts


def runtime_mounts() -> Mounts:
    """The system's programs, this Python and the package; never a room, never the state directory."""
    mounts = _system()
    here = Path(__file__).resolve().parents[1]
    roots = {Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), here}
    outer = [root for root in roots if not any(root != other and root.is_relative_to(other) for other in roots)]
    for root in sorted(outer):
        if not root.is_relative_to("/usr"):
            mounts = mounts.read(root)
    return mounts.setenv(
        PATH=f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        LANG="C.UTF-8",
        PYTHONDONTWRITEBYTECODE="1",
    )
