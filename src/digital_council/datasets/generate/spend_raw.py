"""Spending as it was first published: four quarters, each with other headers, dates and amounts, and a pivot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from random import Random

from digital_council.datasets.generate.borough import dice
from digital_council.datasets.generate.writing import csv_bytes

Row = Sequence[str]
QUARTERS = ("q1", "q2", "q3", "q4")


def files(rows: Sequence[Row]) -> dict[str, bytes]:
    """The raw files for the clean rows; every quarter's total is the clean quarter's total."""
    by_quarter: dict[str, list[Row]] = {quarter: [] for quarter in QUARTERS}
    for row in rows:
        by_quarter[quarter_of(date.fromisoformat(row[1]))].append(row)
    writers: tuple[Callable[[list[Row]], bytes], ...] = (_q1, _q2, _q3, _q4)
    made = {
        f"2025-26-{quarter}.csv": write(by_quarter[quarter]) for quarter, write in zip(QUARTERS, writers, strict=True)
    }
    return {**made, "2025-26-by-month.csv": _pivot(rows)}


def quarter_of(day: date) -> str:
    """The quarter of the financial year: April begins the first."""
    return f"q{(day.month - 4) % 12 // 3 + 1}"


def _variant(name: str, random: Random) -> str:
    """The supplier's name as somebody typed it that day."""
    if name.startswith("REDACTED"):
        return random.choice((name, name, "Redacted Sensitive Supplier"))
    ways = (
        name,
        name,
        name,
        name.upper(),
        name.replace(" Ltd", " Limited"),
        name.replace(" Limited", " LTD."),
        name.replace("Services", "Svcs"),
        f"{name} ",
        name.replace(" and ", " & "),
    )
    return random.choice(ways)


def _q1(rows: list[Row]) -> bytes:
    """Dates as dd/mm/yyyy; amounts plain."""
    random = dice("spend-q1")
    header = [
        "Supplier Name",
        "Supplier ID",
        "Service Label",
        "Organisation Unit",
        "Expenditure Category",
        "Narrative",
        "Payment Date",
        "Transaction Number",
        "Net Amount",
        "Irrecoverable VAT",
    ]
    return csv_bytes(
        header,
        [
            [
                _variant(r[3], random),
                "" if r[2] == "[c]" else r[2],
                r[4],
                r[5],
                r[6],
                r[7],
                f"{date.fromisoformat(r[1]):%d/%m/%Y}",
                r[0],
                r[8],
                r[9],
            ]
            for r in rows
        ],
    )


def _q2(rows: list[Row]) -> bytes:
    """A misspelt header, pound signs and commas, credits in brackets, dates such as 04-Jul-25, no VAT column."""
    random = dice("spend-q2")
    header = [
        "Supplier",
        "Supplier Ref",
        "Service Label",
        "Org Unit",
        "Expenditure Catergory",
        "Description",
        "Paid Date",
        "Trans No",
        "Amount (£)",
    ]
    return csv_bytes(
        header,
        [
            [
                _variant(r[3], random),
                "" if r[2] == "[c]" else r[2],
                r[4],
                r[5],
                r[6],
                r[7],
                f"{date.fromisoformat(r[1]):%d-%b-%y}",
                r[0],
                _brackets(float(r[8])),
            ]
            for r in rows
        ],
        "\r\n",
    )


def _q3(rows: list[Row]) -> bytes:
    """A report's preamble before the header, dates of three styles, a total at the end."""
    random = dice("spend-q3")
    preamble = [["Payments to suppliers"], ["Report run by: Finance"], ["Period: October to December 2025"], [""]]
    header = [
        "Trans No",
        "Date Paid",
        "Supplier ID",
        "Supplier Name",
        "Service Label",
        "Organisation Unit",
        "Expenditure Category",
        "Narrative",
        "Net Amount",
        "Irrecoverable VAT",
    ]
    styles = ("{:%d/%m/%Y}", "{:%d/%m/%Y}", "{:%Y-%m-%d}", "{:%d %B %Y}")
    lines = [
        [
            r[0],
            random.choice(styles).format(date.fromisoformat(r[1])),
            "" if r[2] == "[c]" else r[2],
            _variant(r[3], random),
            r[4],
            r[5],
            r[6],
            r[7],
            r[8],
            r[9],
        ]
        for r in rows
    ]
    total = [["", "", "", "", "", "", "", "TOTAL", f"{sum(round(float(r[8]) * 100) for r in rows) / 100:.2f}", ""]]
    return csv_bytes(preamble[0], [*preamble[1:], header, *lines, *total])


def _q4(rows: list[Row]) -> bytes:
    """Another order and other names, minus signs behind the number, a byte-order mark and blank lines."""
    random = dice("spend-q4")
    header = [
        "Directorate",
        "Team",
        "Beneficiary",
        "Vendor No.",
        "Date",
        "Amount",
        "Irrecoverable VAT",
        "Purpose",
        "Category",
        "Transaction Number",
        "Financial Year",
    ]
    made: list[Row] = []
    for r in rows:
        amount = f"{r[8][1:]}-" if r[8].startswith("-") else r[8]
        made.append(
            [
                r[5],
                r[4],
                _variant(r[3], random),
                "" if r[2] == "[c]" else r[2],
                f"{date.fromisoformat(r[1]):%d/%m/%y}",
                amount,
                r[9],
                r[7],
                r[6],
                r[0],
                "2025/26",
            ]
        )
        if random.random() < 0.01:
            made.append([""] * len(header))
    return b"\xef\xbb\xbf" + csv_bytes(header, made, "\r\n")


def _brackets(amount: float) -> str:
    return f"(£{-amount:,.2f})" if amount < 0 else f"£{amount:,.2f}"


def _pivot(rows: Sequence[Row]) -> bytes:
    """Suppliers down, months across: totals, from which no payment can be had back."""
    months = [f"2025-{m:02}" for m in range(4, 13)] + [f"2026-{m:02}" for m in range(1, 4)]
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for r in rows:
        cells = sums.setdefault((r[3], "" if r[2] == "[c]" else r[2]), {})
        cells[r[1][:7]] = cells.get(r[1][:7], 0) + round(float(r[8]) * 100)
    header = ["Supplier", "Supplier ID", *(f"{date.fromisoformat(m + '-01'):%b-%y}" for m in months), "Total"]
    lines = [
        [*who, *(f"{cells[m] / 100:.2f}" if m in cells else "" for m in months), f"{sum(cells.values()) / 100:.2f}"]
        for who, cells in sorted(sums.items())
    ]
    return csv_bytes(header, lines)
