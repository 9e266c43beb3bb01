"""Courses as text: read them, build notebooks, judge answers, prove that lessons work."""

from __future__ import annotations

from pathlib import Path

from digital_council.courses.cells import Cell
from digital_council.courses.units import Course, Unit, load_course, load_unit
from digital_council.courses.units import load as _load

__all__ = ["Cell", "Course", "Unit", "load", "load_course", "load_unit"]


def load(root: Path | None = None) -> list[Course]:
    """Every course of a folder (the project's own by default); raises AuthorError."""
    if root is None:
        from digital_council.settings import PROJECT

        root = PROJECT / "courses"
    return _load(root)
