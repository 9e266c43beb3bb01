"""Any file against a standard: what is wrong by row and column, how to mend it, and a copy with the safe repairs."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import subprocess
import sys
import tracemalloc
import zipfile
from datetime import date
from pathlib import Path

import duckdb
import frictionless
import openpyxl
import pandas as pd
import pytest

from digital_council.__main__ import main
from digital_council.datasets import validation
from digital_council.datasets.validation import Report, loading, workbooks
from digital_council.errors import UsageError

SPEND = ("OrganisationalUnit", "BeneficiaryName", "PaymentDate", "Amount", "IrrecoverableVATAmount", "Purpose")
GOOD = ("Parks", "Bramlow Grounds plc", "2025-04-01", "1049.53", "0.00", "Grounds")
TODAY = date(2026, 11, 1)


def table(*rows: tuple[str, ...], header: tuple[str, ...] = SPEND) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def row(**changed: str) -> tuple[str, ...]:
    return tuple(changed.get(name, value) for name, value in zip(SPEND, GOOD, strict=True))


def checked(folder: Path, content: str | bytes, standard: str = "spend", repair: Path | None = None) -> Report:
    path = folder / "file.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return validation.check(path, standard, repair=repair, today=TODAY)


def codes(report: Report) -> list[str]:
    return [finding.code for finding in report.findings]


def test_a_file_that_keeps_every_rule_has_no_findings(tmp_path: Path) -> None:
    report = checked(tmp_path, table(GOOD, row(Amount="-0.50"), row(BeneficiaryName="REDACTED PERSONAL DATA")))
    assert report.findings == []
    assert report.rows == 3
    assert report.finished


AMOUNTS = [
    ("£1,200.00", "currency-sign", "1200.00"),
    ("1,200.00", "comma", "1200.00"),
    ("1,234,567.89", "comma", "1234567.89"),
    ("(35.50)", "brackets", "-35.50"),
    ("35.50-", "brackets", "-35.50"),
    ("007.00", "leading-zero", "7.00"),
    ("+7.00", "leading-zero", "7.00"),
    ("1200", "pence", "1200.00"),
    ("12.5", "pence", "12.50"),
    ("1.2E+05", "lost-digits", None),
    ("12.345", "fraction", None),
    ("1.234,56", "no-amount", None),
    ("12,34", "no-amount", None),
    ("€12.00", "not-sterling", None),
    ("n/a", "no-amount", None),
    ("", "blank", None),
    ("=1+1", "formula", "'=1+1"),
]


@pytest.mark.parametrize(("amount", "code", "repaired"), AMOUNTS)
def test_an_amount_is_pounds_and_pence_alone(tmp_path: Path, amount: str, code: str, repaired: str | None) -> None:
    found = checked(tmp_path, table(GOOD, row(Amount=amount))).findings
    assert [(each.code, each.row, each.column, each.repaired) for each in found] == [(code, 3, "Amount", repaired)]


DATES = [
    ("31/03/2026", None, None),
    ("1/4/2025", "date-style", "2025-04-01"),
    ("31.03.2026", "date-style", "2026-03-31"),
    ("02/01/26", "date-style", "2026-01-02"),
    ("01-Jul-25", "date-style", "2025-07-01"),
    ("1st September 2025", "date-style", "2025-09-01"),
    ("01 October 2025", "date-style", "2025-10-01"),
    ("2025-04-01 00:00:00", "date-style", "2025-04-01"),
    ("20250401", "date-style", "2025-04-01"),
    ("45748", "date-style", "2025-04-01"),
    ("31/02/2026", "impossible-date", None),
    ("2025-02-29", "impossible-date", None),
    ("00:00:00", "lost-date", None),
    ("TBC", "no-date", None),
    ("2027-01-01", "future", None),
]


@pytest.mark.parametrize(("written", "code", "repaired"), DATES)
def test_a_date_is_in_one_of_two_styles(tmp_path: Path, written: str, code: str | None, repaired: str | None) -> None:
    found = checked(tmp_path, table(row(PaymentDate=written))).findings
    assert [(each.code, each.row, each.repaired) for each in found] == ([(code, 2, repaired)] if code else [])


def test_two_styles_of_date_in_one_column_are_a_finding(tmp_path: Path) -> None:
    found = checked(tmp_path, table(GOOD, row(PaymentDate="02/04/2025"))).findings
    assert [(each.code, each.row, each.repaired) for each in found] == [("mixed-dates", 3, "2025-04-02")]


def test_no_slashed_date_is_guessed_when_one_can_only_be_month_first(tmp_path: Path) -> None:
    report = checked(tmp_path, table(row(PaymentDate="04/01/2025"), row(PaymentDate="04/13/2025")))
    assert codes(report) == ["date-order", "date-order"]
    assert report.by_hand == 2


SUPPLIERS = [
    ("Redacted personal data", "redaction-wording", "REDACTED PERSONAL DATA"),
    ("REDACTED - COMMERCIAL CONFIDENTIALITY", "redaction-wording", "REDACTED COMMERCIAL CONFIDENTIALITY"),
    ("Redacted Sensitive Supplier", "redaction", None),
    ("*****", "redaction", None),
    ("Mrs A Jasperin", "person", None),
    ("Bramlow plc, 12 High Street, EA1 2BC", "address", None),
    ("Foster carer payment", "left-out", None),
    ("Caf\u00c3\u00a9 Bramlow", "mis-decoded", "Café Bramlow"),
    ("Caf\ufffd Bramlow", "lost-letters", None),
    ('=HYPERLINK("http://x.example","y")', "formula", '\'=HYPERLINK("http://x.example","y")'),
    ("@SUM(A1)", "formula", "'@SUM(A1)"),
    ("-cmd|' /C calc'!A0", "formula", "'-cmd|' /C calc'!A0"),
    ("[c]", None, None),
]


@pytest.mark.parametrize(("name", "code", "repaired"), SUPPLIERS)
def test_a_supplier_is_a_name_or_a_redaction(tmp_path: Path, name: str, code: str | None, repaired: str | None) -> None:
    found = checked(tmp_path, table(GOOD, row(BeneficiaryName=name))).findings
    assert [(each.code, each.row, each.repaired) for each in found] == ([(code, 3, repaired)] if code else [])


def test_a_column_that_is_missing_barred_or_misspelt_is_named(tmp_path: Path) -> None:
    header = ("Service Label", "Suplier Name", "Date Paid", "Net Amount", "Narrative", "Supplier Address", "Invoice No")
    report = checked(tmp_path, table((*GOOD[:4], GOOD[5], "1 High Street", "7"), header=header))
    assert [(each.code, each.column) for each in report.findings] == [
        ("misspelt-header", "Suplier Name"),
        ("missing-column", "IrrecoverableVATAmount"),
        ("barred-column", "Supplier Address"),
        ("barred-column", "Invoice No"),
    ]
    assert report.matched["Amount"] == "Net Amount"


def test_what_is_repaired_is_right_and_the_rest_is_as_it_was(tmp_path: Path) -> None:
    header = ("Dept", "Supplier", "Paid Date", "Amount (£)", "Irrecoverable VAT", "Description", "Supplier Address")
    rows = [
        ("Parks", " Bramlow plc ", "01-Jul-25", "£1,200.00", "0.00", "=1+1", "1 High Street"),
        ("", "", "", "", "", "", ""),
        ("Parks", "Bramlow, plc", "03/07/2025", "TBC", "0.00", 'a "b"', "EA1 2BC"),
        ("", "Total", "", "£1,200.00", "", "", ""),
    ]
    content = "Payments to suppliers\n\n" + table(*rows, header=header)
    report = checked(tmp_path, content.encode("cp1252"), repair=tmp_path / "mended.csv")
    assert set(codes(report)) >= {"encoding", "preamble", "blank-rows", "total-rows", "barred-column", "no-amount"}
    assert (tmp_path / "mended.csv").read_text(encoding="utf-8") == (
        "OrganisationalUnit,BeneficiaryName,PaymentDate,Amount,IrrecoverableVATAmount,Purpose\n"
        "Parks,Bramlow plc,2025-07-01,1200.00,0.00,'=1+1\n"
        'Parks,"Bramlow, plc",2025-07-03,TBC,0.00,"a ""b"""\n'
    )
    again = validation.check(tmp_path / "mended.csv", "spend", today=TODAY)
    assert [(each.code, each.row) for each in again.findings] == [("no-amount", 3)]
    assert again.count == report.by_hand == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file.csv", "mended.csv"]


def test_a_taken_name_is_refused_and_what_is_there_stays(tmp_path: Path) -> None:
    out = tmp_path / "mended.csv"
    out.write_text("mine")
    with pytest.raises(UsageError, match="there already and was not touched"):
        checked(tmp_path, table(GOOD), repair=out)
    assert out.read_text() == "mine"
    with pytest.raises(UsageError, match=r"a \.csv or a \.parquet"):
        checked(tmp_path, table(GOOD), repair=tmp_path / "mended.xlsx")
    (tmp_path / "link.csv").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="there already"):
        checked(tmp_path, table(GOOD), repair=tmp_path / "link.csv")


def test_a_file_that_cannot_be_read_leaves_no_copy(tmp_path: Path) -> None:
    report = checked(tmp_path, "a,b\n1,2\n", repair=tmp_path / "mended.csv")
    assert codes(report) == ["no-header"]
    assert not report.finished
    assert [each.name for each in tmp_path.iterdir()] == ["file.csv"]


ENCODINGS = [("utf-8", []), ("utf-8-sig", []), ("utf-16", ["encoding"]), ("utf-16-le", ["encoding"]),
             ("cp1252", ["encoding"])]  # fmt: skip


@pytest.mark.parametrize(("encoding", "expected"), ENCODINGS)
def test_an_encoding_is_found_out_and_said(tmp_path: Path, encoding: str, expected: list[str]) -> None:
    content = table(row(BeneficiaryName="Café ‘Bramlow’"))
    report = checked(tmp_path, content.encode(encoding), repair=tmp_path / "mended.csv")
    assert codes(report) == expected
    assert "Café ‘Bramlow’" in (tmp_path / "mended.csv").read_text(encoding="utf-8")


BAD_BYTES = [
    (b"", "empty"),
    (table(GOOD).encode() + b"\x81\x8d\x8f", "encoding"),
    (b"\x00\x01\x02" * 999 + table(GOOD).encode(), "binary"),
    (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "locked"),
    (b"PK\x03\x04 this is no zip", "not-a-workbook"),
    (b"PAR1 this is no parquet", "unreadable"),
    (table(GOOD).encode("utf-16")[:-1], "encoding"),
    (table(GOOD).encode() + b'"' + b"x,\n" * 200_000, "unclosed-quote"),
    (table(GOOD).encode() + b"x" * 3_000_000 + b"\n", "unclosed-quote"),
    (b"\n" * 1000, "no-header"),
    (",".join(SPEND).encode(), "no-rows"),
]


@pytest.mark.parametrize(("content", "code"), BAD_BYTES)
def test_bytes_that_are_no_table_are_one_clear_finding(tmp_path: Path, content: bytes, code: str) -> None:
    report = checked(tmp_path, content)
    assert codes(report) == [code]
    assert "\n" not in str(report.findings[0])


def test_mixed_line_ends_blank_lines_and_ragged_rows_keep_their_row_numbers(tmp_path: Path) -> None:
    good = ",".join(GOOD)
    lines = [",".join(SPEND) + "\r\n", good + "\n", "\n", good + "\r\n", good + ",more\n", "Parks,Short\n",
             good.replace("Grounds", '"two\nlines"', 1) + "\n", good.replace("1049.53", "x") + "\n"]  # fmt: skip
    report = checked(tmp_path, "".join(lines))
    found = {(each.code, each.row) for each in report.findings}
    assert {("blank-rows", 3), ("long-rows", 5), ("short-rows", 6), ("no-amount", 8)} <= found
    assert ("line-ends", None) in found


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_another_separator_is_read_and_said(tmp_path: Path, mark: str) -> None:
    report = checked(tmp_path, "\n".join(mark.join(cells) for cells in (SPEND, GOOD)) + "\n")
    assert codes(report) == ["delimiter"]
    assert report.rows == 1


def workbook(folder: Path, rows: list[list[object]], merge: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for cells in rows:
        sheet.append(cells)
    for area in merge:
        sheet.merge_cells(area)
    book.save(folder / "file.xlsx")
    return folder / "file.xlsx"


def test_a_workbook_with_a_preamble_and_merged_cells_is_read_as_it_looks(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Payments to suppliers"], ["Run by: Finance"], list(SPEND)]
    rows += [["Parks", "Bramlow plc", date(2025, 4, 1), 1049.53, 0, "Grounds"] for _ in range(3)]
    rows += [["Parks", "Bramlow plc", "31/02/2025", "£12", 0, "=1+1"]]
    path = workbook(tmp_path, rows, ("A1:F1", "A4:A6"))
    report = validation.check(path, "spend", today=TODAY, repair=tmp_path / "mended.csv")
    found = {(each.code, each.row, each.column) for each in report.findings}
    assert found >= {("preamble", None, ""), ("merged-cells", 4, ""), ("impossible-date", 7, "PaymentDate")}
    assert ("currency-sign", 7, "Amount") in found
    assert not [each for each in found if each[0] == "blank" and each[2] == "OrganisationalUnit"]
    assert (tmp_path / "mended.csv").read_text().splitlines()[1:4] == [
        "Parks,Bramlow plc,2025-04-01,1049.53,0.00,Grounds"
    ] * 3


def bomb(path: Path, name: str, size: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open(name, "w") as member:
            for _ in range(size // 1_000_000):
                member.write(b"\0" * 1_000_000)
    return path


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/media/image.png"])
def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, name: str) -> None:
    path = bomb(tmp_path / "bomb.xlsx", name, 60_000_000)
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    report = validation.check(path, "spend")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert codes(report) == ["zip-bomb"]
    assert peak < 20_000_000


def test_entities_in_a_sheet_are_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, [list(SPEND), list(GOOD)])
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    members[sheet] = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + members[sheet]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert codes(validation.check(path, "spend")) == ["not-a-workbook"]


def test_a_sheet_that_claims_to_be_wide_is_not_believed(tmp_path: Path) -> None:
    path = workbook(tmp_path, [list(SPEND), list(GOOD), [None] * 16_000 + ["far"]])
    report = validation.check(path, "spend", today=TODAY)
    assert codes(report) == ["too-wide"]
    assert report.findings[0].row == 3


def test_numbers_of_a_workbook_are_text_as_short_as_they_are_exact() -> None:
    values = [1049.5299999999999, 1200.0, 0.1 + 0.2, 45748, True, None, date(2025, 4, 1)]
    assert [workbooks.as_text(value) for value in values] == [
        "1049.53",
        "1200",
        "0.3",
        "45748",
        "true",
        "",
        "2025-04-01",
    ]


def test_a_parquet_file_is_checked_and_mended_too(tmp_path: Path) -> None:
    frame = pd.DataFrame([GOOD, row(Amount="£5.00")], columns=list(SPEND))
    frame.to_parquet(tmp_path / "file.parquet")
    report = validation.check(tmp_path / "file.parquet", "spend", repair=tmp_path / "out.parquet", today=TODAY)
    assert [(each.code, each.row) for each in report.findings] == [("currency-sign", 2)]
    assert pd.read_parquet(tmp_path / "out.parquet")["Amount"].tolist() == ["1049.53", "5.00"]


def test_a_parquet_bomb_is_refused_by_its_own_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "bomb.parquet"
    duckdb.sql("SELECT 'x' AS Amount, 'x' AS Purpose FROM range(2000000)").write_parquet(str(path))
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(loading, "MOST_ROWS", 1_999_999)
    assert codes(validation.check(path, "spend")) == ["too-large"]


CONTRACT = {
    "ContractReference": "CT-1", "ContractTitle": "Grounds", "OrganisationalUnit": "Parks", "Description": "Mowing",
    "StartDate": "2025-04-01", "EndDate": "2028-03-31", "ReviewDate": "2027-09-30", "ContractValue": "90000.00",
    "IrrecoverableVAT": "0.00", "SupplierName": "Bramlow plc", "CharityCommissionNumber": "", "SMESupplier": "Yes",
    "VCSESupplier": "No", "ProcessType": "Tender",
}  # fmt: skip


def test_contracts_have_dates_in_order_references_once_and_flags(tmp_path: Path) -> None:
    second = CONTRACT | {
        "StartDate": "01/05/2028",
        "ContractValue": "-1.00",
        "SMESupplier": "y",
        "VCSESupplier": "maybe",
    }
    rows = [tuple(each.values()) for each in (CONTRACT, second)]
    report = checked(tmp_path, table(*rows, header=tuple(CONTRACT)), "contracts")
    found = {(each.code, each.row, each.column, each.repaired) for each in report.findings}
    assert found == {
        ("repeated", 3, "ContractReference", None),
        ("date-before", 3, "StartDate", None),
        ("mixed-dates", 3, "StartDate", "2028-05-01"),
        ("too-small", 3, "ContractValue", None),
        ("flag-style", 3, "SMESupplier", "Yes"),
        ("no-flag", 3, "VCSESupplier", None),
    }


def test_senior_salaries_are_brackets_and_counts(tmp_path: Path) -> None:
    rows = [
        ("£50,000 - £54,999", "12"),
        ("55000-59999", "1,200"),
        ("£45,000 - £49,999", "3"),
        ("£60,000 - £69,999", "x"),
    ]
    report = checked(tmp_path, table(*rows, header=("Salary Band", "Number of employees")), "senior_salaries")
    found = [(each.code, each.row, each.repaired) for each in report.findings]
    assert found == [
        ("band-too-low", 4, None),
        ("band-style", 3, "£55,000 - £59,999"),
        ("band", 5, None),
        ("count-style", 3, "1200"),
        ("no-count", 5, None),
    ]


def test_senior_employees_are_told_from_their_header(tmp_path: Path) -> None:
    header = ("Job Title", "Directorate", "Service", "Salary", "Responsibilities", "Home Address")
    report = checked(
        tmp_path, table(("Director", "Place", "Parks", "£120,000", "120 staff", "x"), header=header), "senior_salaries"
    )
    assert [(each.code, each.column) for each in report.findings] == [
        ("barred-column", "Home Address"), ("currency-sign", "Salary"),
    ]  # fmt: skip


def test_a_new_file_of_a_dataset_is_checked_by_its_description(tmp_path: Path) -> None:
    room = Path(__file__).parents[2] / "datasets" / "wards" / "wards.csv"
    assert validation.check(room, "wards").findings == []
    changed = room.read_text(encoding="utf-8").replace(",Acton,", ",Atlantis,", 1).replace("E09000009", "", 1)
    report = checked(tmp_path, changed, "wards")
    assert {(each.code, each.column) for each in report.findings} == {
        ("not-allowed", "town"),
        ("blank", "borough_code"),
    }
    with pytest.raises(UsageError, match="did you mean 'wards'"):
        validation.check(room, "ward")


def test_whatever_frictionless_refuses_is_found_here_too(tmp_path: Path) -> None:
    """The oracle: rows that break the table's own schema, from a mess made at random."""
    random.seed(7)
    amounts = ["1.00", "£1.00", "1,000.00", "", "x", "-2.50", "1e5"]
    dates = ["2025-04-01", "2025-02-30", "", "yesterday", "2025-12-31"]
    rows = [row(Amount=random.choice(amounts), PaymentDate=random.choice(dates)) for _ in range(300)]
    report = checked(tmp_path, table(*rows))
    fields = [{"name": name, "type": "string", "constraints": {"required": True}} for name in SPEND]
    fields[2]["type"], fields[3]["type"] = "date", "number"
    resource = frictionless.Resource(
        path="file.csv", basepath=str(tmp_path), schema=frictionless.Schema.from_descriptor({"fields": fields})
    )
    oracle = frictionless.validate(resource, limit_errors=10_000).flatten(["rowNumber", "fieldName"])
    ours = {(total.column, total.code): total.count for total in report.totals}
    theirs = {name: sum(1 for _, each in oracle if each == name) for name in SPEND}
    assert theirs["Amount"] > 50
    assert theirs["PaymentDate"] > 50
    assert sum(count for (column, _), count in ours.items() if column == "PaymentDate") == theirs["PaymentDate"]
    extra = ours["Amount", "lost-digits"]  # 1e5 is a number to frictionless; the LGA wants pounds and pence
    assert sum(count for (column, _), count in ours.items() if column == "Amount") == theirs["Amount"] + extra


def test_the_command_reports_repairs_and_ends_with_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "q1.csv"
    path.write_text(table(GOOD, row(Amount="£5.00")))
    out = tmp_path / "out.csv"
    assert main(["datasets", "check", str(path), "--as", "spend", "--repair", str(out), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["findings"][0] == {
        "code": "currency-sign", "what": "has a currency sign", "column": "Amount", "row": 3, "found": "£5.00",
        "mend": "write pounds and pence alone, such as 1200.00 or -35.50", "repaired": "5.00", "safe": True,
    }  # fmt: skip
    assert (said["rows"], said["by_hand"], said["repaired"]) == (2, 0, str(out))
    assert main(["datasets", "check", str(out), "--as", "spend"]) == 0
    assert main(["datasets", "check", str(path), "--as", "spend"]) == 1
    assert "row 3, column Amount: '£5.00' has a currency sign; write pounds" in capsys.readouterr().out
    assert main(["datasets", "check", str(tmp_path / "none.csv"), "--as", "spend"]) == 2
    assert main(["datasets", "check", "--as", "spend"]) == 2
    assert main(["datasets", "check", str(path), "--as", "spent"]) == 2
    assert main(["datasets", "check", "wards", "--repair", "x.csv"]) == 2


def test_a_large_file_takes_bounded_memory(tmp_path: Path) -> None:
    """A messy file, which takes the slow way, is never held whole."""
    path = tmp_path / "large.csv"
    line = (",".join(GOOD) + "\n").encode()
    with path.open("wb") as file:
        file.write((",".join(SPEND) + "\r\n").encode())
        for _ in range(40):
            file.write(line * 10_000)
    code = (
        "import resource, sys; from pathlib import Path; from digital_council.datasets import validation;"
        "report = validation.check(Path(sys.argv[1]), 'spend');"
        "print(report.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, timeout=120
    )
    rows, megabytes = map(int, done.stdout.split())
    assert rows == 400_000
    assert megabytes < 700


DIRT = (
    "", " ", "x", "Parks", "£1,200.00", "1,200", "(35.50)", "35.50-", "35.50 CR", "-£35.50", "1\u00a0200.00",
    "−35.50", "1.2E+05", "=1+1", "+1+1", "-2+3+cmd|x!A0", "\t=1", "\u200b=1+1", "@SUM(A1)", "+44 20 7946 0000",
    "- a list", "5.00", "'5.00", "\ufeffParks", "a\x01b", "31/03/2025", "31-03-25", "31st of March 2025",
    "Mon 31 March 2025", "March 31, 2025", "45747.5", "2025/03/31", "31/03/2025 00:00", "31 Sept 2025", "3/31/2025",
    "Q1 2025", "REDACTED", "redacted personal data", "CafÃ©", "#N/A", "a, b", 'say "so"', "two\nlines",
    "Mr A Person", "0", "12.345", "nan", "Total", "[c]", "AB1 2CD",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_a_repaired_copy_keeps_every_row_and_only_what_is_by_hand_is_left(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    rows = [
        tuple(chance.choice(DIRT) if chance.random() < 0.4 else good for good in row(Purpose=f"Mark {number}"))
        for number in range(40)
    ]
    header = chance.choice([SPEND, tuple(name.upper() for name in SPEND), (*SPEND[:-1], "Narrative")])
    content = table(*rows, header=header).encode(chance.choice(["utf-8", "utf-8-sig", "utf-16"]))
    out = tmp_path / "out.csv"
    report = checked(tmp_path, content, repair=out)
    again = validation.check(out, "spend", today=TODAY)
    assert [str(finding) for finding in again.findings if finding.safe] == []
    assert again.by_hand <= report.by_hand
    assert again.rows == report.rows
    marks = [cell for cells in csv.reader(io.StringIO(out.read_text())) for cell in cells if cell.startswith("Mark ")]
    assert marks == [cell for cells in rows for cell in cells if cell.startswith("Mark ")]


def test_cells_beyond_the_header_are_kept_in_columns_of_their_own(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    report = checked(tmp_path, table((*GOOD, "left over", "", "and this"), GOOD), repair=out)
    assert codes(report) == ["long-rows"]
    header, first, second = csv.reader(io.StringIO(out.read_text()))
    assert header == [*SPEND, "column 7", "column 8", "column 9"]
    assert first == [*GOOD, "left over", "", "and this"]
    assert second == [*GOOD, "", "", ""]


QUOTES = [
    ('Parks,"Bramlow" plc,2025-04-01,1.00,0.00,x\n', "misquoted"),
    ('Parks,"Bramlow,2025-04-01,1.00,0.00,x\n', "unclosed-quote"),
    ('Parks,5" pipes,2025-04-01,1.00,0.00,x\n', None),
    ('Parks,"a ""b"" c",2025-04-01,1.00,0.00,x\n', None),
]


@pytest.mark.parametrize(("line", "code"), QUOTES)
def test_a_quotation_mark_out_of_place_is_found_in_its_row(tmp_path: Path, line: str, code: str | None) -> None:
    report = checked(tmp_path, table(GOOD) + line)
    assert [(finding.code, finding.row) for finding in report.findings] == ([(code, 3)] if code else [])


def test_two_files_put_together_are_read_as_one(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    report = checked(tmp_path, table(GOOD) + "\ufeff" + table(row(Amount="2.00")), repair=out)
    assert [(finding.code, finding.row) for finding in report.findings] == [("header-rows", 3)]
    assert out.read_text() == table(GOOD, row(Amount="2.00"))


def test_line_ends_inside_cells_are_not_those_of_the_file(tmp_path: Path) -> None:
    assert (
        checked(tmp_path, table(row(Purpose="one\ntwo")).replace("\n", "\r\n").replace("one\r\n", "one\n")).findings
        == []
    )
    assert codes(checked(tmp_path, table(GOOD, GOOD).replace("\n", "\r"))) == ["line-ends"]


@pytest.mark.parametrize(
    ("content", "code", "found"),
    [
        (table(GOOD).encode("utf-16-be"), "encoding", None),
        (table(GOOD).encode("utf-32"), "encoding", None),
        (table(GOOD, row(Purpose="a\0b")).encode(), "binary", 3),
        (table(GOOD).encode() + b"Parks,\xe9\x81,2025-04-01,1.00,0.00,x\n", "encoding", 3),
        (b"<!DOCTYPE html><table><tr><td>1", "not-a-table", None),
        ((",".join(SPEND) + ",x" * 300).encode(), "too-wide", 1),
    ],
)
def test_what_is_odd_about_a_file_is_said_with_its_row(
    tmp_path: Path, content: bytes, code: str, found: int | None
) -> None:
    report = checked(tmp_path, content)
    assert (report.findings[0].code, report.findings[0].row) == (code, found)


def test_a_copy_of_a_workbook_has_its_pence(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for cells in (SPEND, ("Parks", "Bramlow plc", date(2025, 4, 1), 1049.5, 0, "#N/A")):
        book.active.append(cells)
    path, out = tmp_path / "named.csv", tmp_path / "out.csv"
    with path.open("wb") as file:
        book.save(file)
    report = validation.check(path, "spend", repair=out, today=TODAY)
    assert codes(report) == ["misnamed", "spreadsheet-error"]
    assert codes(validation.check(out, "spend", today=TODAY)) == ["spreadsheet-error"]
    assert "2025-04-01,1049.50,0.00" in out.read_text()


def test_midnight_in_a_parquet_file_is_a_date(tmp_path: Path) -> None:
    path = tmp_path / "file.parquet"
    frame = pd.DataFrame([GOOD], columns=SPEND)
    frame.assign(PaymentDate=pd.to_datetime(frame["PaymentDate"]), Amount=0.5).to_parquet(path)
    assert validation.check(path, "spend", today=TODAY).findings == []


def test_only_a_file_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "lost").symlink_to(tmp_path / "nowhere")
    for name, word in (("pipe", "pipe"), ("lost", "no such file"), (".", "folder")):
        with pytest.raises(UsageError, match=word):
            validation.check(tmp_path / name, "spend")


def test_a_file_with_no_standard_is_told_how_to_name_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "q1.csv"
    path.write_text(table(GOOD))
    assert main(["datasets", "check", str(path)]) == 2
    assert capsys.readouterr().err.endswith("--as spend\n")
