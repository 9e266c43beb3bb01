"""Spending over £250: a year of payments in one clean table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from digital_council.datasets.generate import borough, contracts, spend_raw
from digital_council.datasets.generate.borough import DIRECTORATES, TEAM_NAMES, dice, directorate_of
from digital_council.datasets.generate.contracts import Contract, Supplier
from digital_council.datasets.generate.writing import BLANK, NOT_APPLICABLE, SUPPRESSED, Made, column

BUSIEST_ROWS = 640
"""Payments to the first supplier: one supplier, many transactions."""
OFF_CONTRACT = 2_650
LOOK_ALIKES = 30
"""Groups of payments alike in everything but their number, all of them real."""
PERSONAL, COMMERCIAL = "REDACTED PERSONAL DATA", "REDACTED COMMERCIAL CONFIDENTIALITY"

COLUMNS = (
    column("transaction_number", "string", "The payment line's number", title="TransactionNumber", unique=True),
    column("payment_date", "date", "The day it was paid", title="PaymentDate"),
    column(
        "supplier_id",
        "string",
        "The supplier's number, as in `contracts`; [c] where the name is redacted",
        required=False,
    ),
    column("supplier_name", "string", "Who was paid, in full, or the wording of a redaction", title="BeneficiaryName"),
    column("service_label", "string", "The team that spent it", title="OrganisationalUnit", enum=TEAM_NAMES),
    column("organisation_unit", "string", "The directorate the team belongs to", enum=tuple(DIRECTORATES.values())),
    column("expenditure_category", "string", "What kind of spending it is"),
    column("narrative", "string", "What it was for, in short; may be blank", title="Purpose", required=False),
    column("net_amount", "number", "Pounds and pence net of recoverable VAT; a credit is negative", title="Amount"),
    column(
        "irrecoverable_vat",
        "number",
        "VAT the council cannot get back, in pounds",
        title="IrrecoverableVATAmount",
        minimum=0,
    ),
    column(
        "contract_reference",
        "string",
        "The contract it was paid under, as in `contracts`; [z] when there is none",
        title="ContractRef",
        required=False,
    ),
)


@dataclass(frozen=True)
class Payment:
    day: date
    supplier: Supplier
    narrative: str
    pence: int
    vat: int
    contract: str
    redaction: str = ""

    def row(self, number: int) -> list[str]:
        supplier = self.supplier
        return [
            f"T{100_000 + number}",
            self.day.isoformat(),
            "[c]" if self.redaction else supplier.id,
            self.redaction or supplier.name,
            supplier.team,
            directorate_of(supplier.team),
            supplier.category,
            self.narrative,
            f"{self.pence / 100:.2f}",
            f"{self.vat / 100:.2f}",
            self.contract,
        ]


def make() -> Made:
    rows = table()
    return Made(
        id="spend",
        title="Spending over £250, 2025-26",
        row_is="one line of one payment to one supplier",
        description="Payments of £250 or more, split by line, April 2025 to March 2026: clean here, and as the four "
        "quarterly files were first published in raw/.",
        key=("transaction_number",),
        owner="Finance",
        columns=COLUMNS,
        rows=rows,
        refresh="quarterly, within a month of the quarter's end",
        source="Payments system (generated).",
        keywords=("spending", "payments", "suppliers", "transparency", "money"),
        missing=(BLANK, SUPPRESSED, NOT_APPLICABLE),
        raw=spend_raw.files(rows),
        quality="The £250 is for the payment, so some lines are smaller. Credits are negative. Rows alike in "
        "all but the transaction number are separate payments. In raw/ each quarter has other headers, dates "
        "and amounts, a supplier's name varies, and the year is also given as a pivot by month.",
    )


def table() -> list[list[str]]:
    """The year's payments in order of date; the same for every caller."""
    random = dice("spend")
    made = [*_under_contract(random), *_off_contract(random)]
    made.sort(key=lambda p: (p.day, p.supplier.id, p.pence, p.narrative, p.contract))
    return [payment.row(number) for number, payment in enumerate(made, 1)]


def _working_day(random: Random, year: int, month: int) -> date:
    while True:
        day = date(year, month, random.randint(1, 28))
        if borough.working(day):
            return day


def _months() -> list[tuple[int, int]]:
    return [(2025, month) for month in range(4, 13)] + [(2026, month) for month in range(1, 4)]


def _under_contract(random: Random) -> list[Payment]:
    """Monthly payments within each contract's yearly value."""
    made = []
    for contract in contracts.register():
        first = contract.reference == "CT-0001"
        for year, month in _months():
            if not contract.start <= date(year, month, 1) <= contract.end:
                continue
            lines = BUSIEST_ROWS // 12 if first else random.choice((1, 1, 1, 2, 3))
            made += _month(contract, year, month, lines, random)
    return made


def _month(contract: Contract, year: int, month: int, lines: int, random: Random) -> list[Payment]:
    pence = int(contract.annual * 100 / 12 * random.uniform(0.85, 0.99))
    parts = borough.shared_out(pence, [random.uniform(0.3, 3) for _ in range(lines)])
    what = contract.supplier.category
    return [
        Payment(
            _working_day(random, year, month),
            contract.supplier,
            f"{what} {month:02}/{year}",
            part,
            part // 5 if random.random() < 0.01 else 0,
            contract.reference,
        )
        for part in parts
    ]


def _off_contract(random: Random) -> list[Payment]:
    pool = [s for s in contracts.suppliers() if s.id != "S1001"]
    made = [_single(random.choice(pool), random) for _ in range(OFF_CONTRACT)]
    for _ in range(LOOK_ALIKES):
        day, supplier = _working_day(random, *random.choice(_months())), random.choice(pool)
        pence = random.choice((25_000, 31_250, 45_000, 60_000, 120_000))
        made += [Payment(day, supplier, f"{supplier.category} weekly", pence, 0, "[z]")] * random.randint(2, 4)
    return made


def _single(supplier: Supplier, random: Random) -> Payment:
    pence = int(100 * min(random.lognormvariate(6.6, 1.0), 48_000))
    if random.random() < 0.12:
        pence = random.randint(1, 24_999)
    what = supplier.category
    narrative = random.choices((what, f"{what} ad hoc", f"{what} call-out", ""), (50, 25, 20, 5))[0]
    redaction = ""
    if random.random() < 0.02:
        pence, narrative = -pence, f"Credit: {what}"
    elif supplier.team in ("Adult Social Care", "Housing Advice") and random.random() < 0.12:
        redaction, narrative = PERSONAL, ""
    elif random.random() < 0.004:
        redaction = COMMERCIAL
    vat = pence // 5 if pence > 0 and random.random() < 0.01 else 0
    return Payment(_working_day(random, *random.choice(_months())), supplier, narrative, pence, vat, "[z]", redaction)
