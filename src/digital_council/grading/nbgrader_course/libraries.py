"""Which large libraries a course's notebooks speak of: those are imported once, before any notebook runs.

What is imported for nothing costs every fork: with pandas and matplotlib one takes twice as long.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from ..sandbox import LIBRARIES

LARGEST = 20 << 20


def spoken_of(course: Path, assignments: Iterable[str]) -> set[str]:
    """The libraries that any notebook of these assignments names, handed in or not; all when none is found."""
    words = {name: name.encode() for name in LIBRARIES}
    found: set[str] | None = None
    for path in (path for assignment in assignments for path in _notebooks(course, assignment)):
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LARGEST:
            continue
        content = path.read_bytes()
        found = (found or set()) | {name for name, word in words.items() if word in content}
        if len(found) == len(words):
            break
    return set(words) if found is None else found


def _notebooks(course: Path, assignment: str) -> Iterator[Path]:
    """Wherever nbgrader's configuration has put them: `source/ASSIGNMENT`, `submitted/STUDENT/ASSIGNMENT`."""
    for pattern in ("*", "*/*"):
        for folder in course.glob(pattern):
            yield from (folder / assignment).glob("*.ipynb")
