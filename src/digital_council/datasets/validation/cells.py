"""Cells: each column's distinct values against its rules; the rows of those that break one; what a repair makes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from digital_council.datasets.validation.loading import Loaded
from digital_council.datasets.validation.report import SHOWN, Finding, Report
from digital_council.datasets.validation.rule import UNSEEN, Rule, Style, full, has, quoted, trimmed
from digital_council.datasets.validation.rules import rules
from digital_council.datasets.validation.standards import Field

DAY = (
    "COALESCE(TRY_CAST(CASE WHEN {v} LIKE '____-__-__' THEN {v} END AS DATE),"
    " CAST(TRY_STRPTIME({v}, '%d/%m/%Y') AS DATE))"
)
"""A date in either of the accepted styles."""


HIDDEN = Rule("unseen", "unseen", "holds characters that cannot be seen", "take them out", "v")
"""For a value that is right but for what nobody sees in it."""


def check(loaded: Loaded, report: Report, today: date) -> Iterator[float]:
    """Adds the findings of every column; yields how much is done. Table `mend0`… holds what was found of column 0…"""
    loaded.connection.create_function("recoded", recoded, ["VARCHAR"], "VARCHAR", null_handling="special")
    known = {place: loaded.standard.field(name) for name, place in loaded.header.places.items()}
    for place, name in enumerate(loaded.header.names):
        if place not in loaded.header.barred:
            field = known.get(place) or Field(name, "text", required=False)
            _column(loaded, report, field, place, name)
            if field.unique:
                _repeats(loaded, report, place, name)
        yield (place + 1) / len(loaded.header.names)
    _order(loaded, report)
    _future(loaded, report, today)


def recoded(value: str) -> str | None:
    """Text that was read as Windows-1252 and is UTF-8, read rightly; None when it cannot be."""
    try:
        return value.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return None


def _column(loaded: Loaded, report: Report, field: Field, place: int, name: str) -> None:
    connection = loaded.connection
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE seen AS SELECT raw, unseen, {trimmed('shown')} AS v FROM (SELECT raw, unseen,"
        f" CASE WHEN unseen THEN regexp_replace(raw, {quoted(UNSEEN)}, '', 'g') ELSE raw END AS shown FROM"
        f" (SELECT DISTINCT c{place} AS raw, regexp_matches(raw, {quoted(UNSEEN)}) AS unseen FROM t))"
    )
    style = _style(connection) if field.kind == "date" else Style()
    chosen = [*rules(field, loaded.standard.absent, style, loaded.typed), HIDDEN]
    codes = " ".join(f"WHEN {rule.when} THEN {number}" for number, rule in enumerate(chosen[:-1]))
    fixes = " ".join(f"WHEN code = {number} THEN {rule.repair}" for number, rule in enumerate(chosen) if rule.repair)
    broken = [number for number, rule in enumerate(chosen) if rule.code]
    connection.execute(
        f"CREATE OR REPLACE TABLE mend{place} AS"
        f" WITH tried AS MATERIALIZED (SELECT raw, v, unseen, CASE {codes} ELSE -1 END AS found FROM seen),"
        f" judged AS (SELECT raw, v, CASE WHEN unseen AND found NOT IN ({', '.join(map(str, broken))})"
        f" THEN {len(chosen) - 1} ELSE found END AS code FROM tried)"
        f" SELECT raw, code, CASE {fixes} END AS fixed FROM judged WHERE code IN ({', '.join(map(str, broken))})"
    )
    if connection.execute(f"SELECT count(*) FROM mend{place}").fetchone()[0]:
        _report(connection, report, place, name, dict(enumerate(chosen)))


def _report(connection: Any, report: Report, place: int, name: str, chosen: dict[int, Rule]) -> None:
    first = {(rule.code, rule.what): number for number, rule in reversed(chosen.items())}
    same = " ".join(f"WHEN {number} THEN {first[rule.code, rule.what]}" for number, rule in chosen.items())
    rows = connection.execute(
        f"SELECT CASE code {same} END AS kind, fixed IS NOT NULL AS fixable, count(*),"
        f" arg_min({{'n': n, 'found': raw, 'fixed': fixed}}, n, {SHOWN})"
        f" FROM t JOIN mend{place} ON c{place} = raw GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()
    for kind, fixable, count, shown in rows:
        rule = chosen[kind]
        safe = fixable and rule.sure
        found = [
            Finding(rule.code, rule.what, rule.mend, name, each["n"], each["found"][:200], each["fixed"], safe)
            for each in shown
        ]
        report.add(found[0], count=count, others=found[1:])


def _style(connection: Any) -> Style:
    month_first = r"^(?:0?[1-9]|1[0-2])([/.-])(?:1[3-9]|2[0-9]|3[01])[/.-](?:[0-9]{2}|[0-9]{4})(?:[ T]|$)"
    american, slashed, other = connection.execute(
        f"SELECT count(*) FILTER ({has(month_first)}),"
        f" count(*) FILTER ({full('[0-9]{2}/[0-9]{2}/[0-9]{4}')}),"
        f" count(*) FILTER ({has('[0-9]')} AND NOT {full('[0-9]{2}/[0-9]{2}/[0-9]{4}')}) FROM seen"
    ).fetchone()
    return Style(american > 0, slashed > 0 and other > 0)


def _repeats(loaded: Loaded, report: Report, place: int, name: str) -> None:
    count, shown = loaded.connection.execute(
        "SELECT sum(k - 1), arg_min({'first': first, 'n': n, 'found': found}, first, " + str(SHOWN) + ") FROM ("
        f"SELECT min(n) AS first, max(n) AS n, c{place} AS found, count(*) AS k FROM t"
        f" WHERE trim(c{place}) <> '' AND c{place} NOT LIKE '[_]' GROUP BY c{place} HAVING count(*) > 1)"
    ).fetchone()
    if count:
        what = "is not the only one: row {:,} has it too"
        found = [
            Finding(
                "repeated", what.format(each["first"]), "give every row its own", name, each["n"], each["found"][:200]
            )
            for each in shown
        ]
        report.add(found[0], count=int(count), others=found[1:])


def _order(loaded: Loaded, report: Report) -> None:
    for first, last in loaded.standard.order:
        places = loaded.header.places
        if first in places and last in places:
            a, b = (DAY.format(v=f"trim(c{places[name]})") for name in (first, last))
            _rows(loaded, report, f"{a} > {b}", places[first], "date-before",
                  f"is after {last}", "one of the two dates is wrong")  # fmt: skip


def _future(loaded: Loaded, report: Report, today: date) -> None:
    for name in loaded.standard.past:
        if name in loaded.header.places:
            place = loaded.header.places[name]
            when = f"{DAY.format(v=f'trim(c{place})')} > DATE '{today.isoformat()}'"
            _rows(loaded, report, when, place, "future", "is in the future", "look it up at its source")


def _rows(loaded: Loaded, report: Report, when: str, place: int, code: str, what: str, mend: str) -> None:
    count, shown = loaded.connection.execute(
        f"SELECT count(*), arg_min({{'n': n, 'found': c{place}}}, n, {SHOWN}) FROM t WHERE {when}"
    ).fetchone()
    if count:
        name = loaded.header.names[place]
        found = [Finding(code, what, mend, name, each["n"], each["found"]) for each in shown]
        report.add(found[0], count=count, others=found[1:])
