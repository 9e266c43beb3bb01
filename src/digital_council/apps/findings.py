"""Findings of the gate: why a notebook is not published as it is, each in one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["description", "dataset", "notebook", "cell", "disclosure", "accessibility"]


@dataclass(frozen=True)
class Finding:
    """What stands in the way. `cell` counts from 1 over all cells; `sign` is what an owner may answer for."""

    kind: Kind
    title: str
    cell: int | None = None
    sign: str = ""

    def __str__(self) -> str:
        return f"cell {self.cell}: {self.title}" if self.cell else self.title

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "cell": self.cell, "title": self.title, "sign": self.sign, "line": str(self)}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Finding:
        return cls(record["kind"], record["title"], record["cell"], record["sign"])
