"""Repairing: a copy with every safe repair made, written whole or not at all, and never over another file."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from digital_council.datasets.validation.headers import harmless
from digital_council.datasets.validation.loading import Loaded
from digital_council.datasets.validation.rule import trimmed
from digital_council.errors import UsageError

KINDS = {".csv": "FORMAT csv, HEADER true, DELIMITER ','", ".parquet": "FORMAT parquet"}


def ensure_free(out: Path) -> None:
    """Raises UsageError unless a new file can be made there."""
    if out.suffix.casefold() not in KINDS:
        raise UsageError(f"{out}: a repaired copy is a .csv or a .parquet file")
    if out.exists() or out.is_symlink():
        raise UsageError(f"{out}: is there already and was not touched; choose another name")
    if not out.parent.is_dir():
        raise UsageError(f"{out}: there is no folder {out.parent}")


def write(loaded: Loaded, out: Path) -> None:
    """Writes the repaired copy: columns by the standard's own names, barred ones and empty rows left out."""
    ensure_free(out)
    beside = Path(tempfile.mkdtemp(prefix=".council-", dir=out.parent)) / "copy"
    try:
        loaded.connection.execute(f"COPY ({_query(loaded)}) TO {_text(str(beside))} ({KINDS[out.suffix.casefold()]})")
        os.link(beside, out)  # unlike a rename, refuses when somebody has taken the name meanwhile
    except FileExistsError:
        raise UsageError(f"{out}: is there already and was not touched; choose another name") from None
    finally:
        beside.unlink(missing_ok=True)
        beside.parent.rmdir()


def _query(loaded: Loaded) -> str:
    named = {place: name for name, place in loaded.header.places.items()}
    kept = [place for place in range(len(loaded.header.names)) if place not in loaded.header.barred]
    kinds = {p: loaded.standard.field(name).kind for p, name in named.items()}
    money = {p for p, kind in kinds.items() if kind in ("amount", "pay") and loaded.typed}
    mended = (
        f"CASE WHEN m{p}.raw IS NULL THEN {_plain(p, p in money)} ELSE COALESCE(m{p}.fixed, t.c{p}) END"
        f" AS {_name(named.get(p) or harmless(loaded.header.names[p]) or f'column {p + 1}')}"
        for p in kept
    )
    joins = " ".join(f"LEFT JOIN mend{p} m{p} ON t.c{p} = m{p}.raw" for p in kept)
    rows = " OR ".join(f"trim(t.c{p}) <> ''" for p in kept)
    return f"SELECT {', '.join(mended)} FROM t {joins} WHERE {rows} ORDER BY t.n"


def _plain(place: int, is_money: bool) -> str:
    """A value that is right, without spaces round it; a workbook's number gets its pence."""
    value = trimmed(f"t.c{place}")
    return f"COALESCE(printf('%.2f', TRY_CAST({value} AS DECIMAL(18,2))), {value})" if is_money else value


def _name(text: str) -> str:
    return '"' + re.sub(r"[\x00-\x1f]", " ", text).replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
