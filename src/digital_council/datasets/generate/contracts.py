"""Contracts: the register, and the suppliers that spending is paid to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from digital_council.datasets.generate.borough import DIRECTORATES, TEAM_NAMES, dice, directorate_of
from digital_council.datasets.generate.writing import BLANK, NOT_APPLICABLE, Made, column, csv_bytes

PROCESSES = ("Tender", "Quotation", "Framework call-off", "Waiver")
COUNT = 140

_PLACES = (
    "Wexcombe",
    "Marrowdale",
    "Quillfeather",
    "Thornbury",
    "Brightwater",
    "Halloway",
    "Pennard",
    "Saltmarsh",
    "Tarrant",
    "Underhay",
    "Vellacott",
    "Wraysford",
    "Ashcombe",
    "Bramlow",
    "Corvale",
    "Dunster Vale",
)
_TRADES = {
    "Environmental Services": ("Street Services", "Waste and cleansing"),
    "Surfacing": ("Street Services", "Road repair"),
    "Lighting": ("Street Services", "Street lighting"),
    "Grounds": ("Parks", "Grounds maintenance"),
    "Tree Care": ("Parks", "Tree work"),
    "Care at Home": ("Adult Social Care", "Home care"),
    "House": ("Adult Social Care", "Residential care"),
    "Lettings": ("Housing Advice", "Temporary accommodation"),
    "Books": ("Libraries", "Stock"),
    "Systems": ("Customer Contact", "Software"),
    "Telecoms": ("Customer Contact", "Telephony"),
    "Enforcement": ("Parking", "Enforcement"),
    "Machines": ("Parking", "Machines"),
    "Surveyors": ("Planning", "Advice"),
    "Audit": ("Finance", "Audit"),
    "Recruitment": ("Human Resources", "Agency staff"),
    "Training": ("Human Resources", "Training"),
    "Records": ("Information Governance", "Storage"),
    "Security": ("Community Safety", "Guarding"),
    "Youth Trust": ("Community Safety", "Grants and support"),
}
_ENDS = ("Ltd", "Limited", "plc", "LLP", "CIO")

COLUMNS = (
    column("contract_reference", "string", "The contract's reference", title="ContractReference", unique=True),
    column("contract_title", "string", "What it is called", title="ContractTitle"),
    column("organisational_unit", "string", "The team that manages it", title="OrganisationalUnit", enum=TEAM_NAMES),
    column("directorate", "string", "The directorate the team belongs to", enum=tuple(DIRECTORATES.values())),
    column("description", "string", "What is bought", title="Description"),
    column("supplier_id", "string", "The supplier's number, as in `spend`"),
    column("supplier_name", "string", "The supplier's full name (invented)", title="SupplierName"),
    column("start_date", "date", "First day", title="StartDate"),
    column("end_date", "date", "Last day, extensions not counted", title="EndDate"),
    column("review_date", "date", "When it is decided whether to renew", title="ReviewDate"),
    column("notice_months", "integer", "Months of notice needed before the last day", minimum=0),
    column("extension_months", "integer", "Months by which it may be extended", minimum=0),
    column("annual_value", "number", "Estimated pounds a year, net of VAT", minimum=0),
    column("contract_value", "number", "Pounds over the whole term, net of VAT", title="ContractValue", minimum=0),
    column(
        "irrecoverable_vat", "number", "VAT the council cannot get back, in pounds", title="IrrecoverableVAT", minimum=0
    ),
    column("process_type", "string", "How the supplier was chosen", title="ProcessType", enum=PROCESSES),
    column(
        "sme_supplier", "boolean", "Whether the supplier is a small or medium-sized enterprise", title="SMESupplier"
    ),
    column(
        "vcse_supplier", "boolean", "Whether it is a voluntary, community or social enterprise", title="VCSESupplier"
    ),
    column(
        "charity_number",
        "string",
        "Invented registration number; [z] where the supplier is no charity",
        title="CharityCommissionNumber",
        required=False,
    ),
)


@dataclass(frozen=True)
class Supplier:
    id: str
    name: str
    team: str
    category: str


@dataclass(frozen=True)
class Contract:
    reference: str
    supplier: Supplier
    start: date
    end: date
    annual: int
    """Pounds a year."""


def suppliers() -> tuple[Supplier, ...]:
    """Every supplier, in order of number; two bear nearly the same name and are different bodies."""
    random = dice("suppliers")
    made: list[Supplier] = []
    for trade, (team, category) in _TRADES.items():
        for place in random.sample(_PLACES, 5):
            end = "CIO" if trade == "Youth Trust" else random.choice(_ENDS[:4])
            made.append(Supplier(f"S{1001 + len(made)}", f"{place} {trade} {end}", team, category))
    twin = made[30]
    made.append(Supplier(f"S{1001 + len(made)}", f"{twin.name.rsplit(' ', 1)[0]} (West) Ltd", twin.team, twin.category))
    return tuple(made)


def register() -> tuple[Contract, ...]:
    """Every contract; those in force in 2025-26 are what most spending belongs to."""
    random = dice("contracts")
    made: list[Contract] = []
    pool = suppliers()
    for number in range(1, COUNT + 1):
        supplier = pool[(number - 1) % len(pool)]
        start = date(random.randint(2021, 2026), random.randint(1, 12), 1)
        years = random.choice((1, 2, 3, 3, 4, 5))
        end = date(start.year + years, start.month, 1) - timedelta(1)
        annual = round(random.lognormvariate(11.2, 1.0), -2)
        annual = 2_400_000 if number == 1 else min(max(int(annual), 5_200), 1_900_000)
        if number == 1:
            start, end = date(2023, 4, 1), date(2028, 3, 31)
        made.append(Contract(f"CT-{number:04}", supplier, start, end, annual))
    return tuple(made)


def make() -> Made:
    random = dice("contracts-details")
    rows = [_row(contract, random) for contract in register()]
    return Made(
        id="contracts",
        title="Contracts register",
        row_is="one contract worth £5,000 or more",
        key=("contract_reference",),
        description="What the council has agreed to buy, from whom, for how much and until when, in the fields of the "
        "Transparency Code (the LGA's schema gives their names).",
        owner="Finance",
        columns=COLUMNS,
        rows=rows,
        refresh="quarterly; this copy is as at 31 March 2026",
        source="Contracts system (generated).",
        keywords=("contracts", "procurement", "suppliers", "transparency"),
        missing=(BLANK, NOT_APPLICABLE),
        raw={"contracts-register.csv": _raw(rows)},
        quality="raw/contracts-register.csv is the register as typed: two styles of date, pound signs, commas, "
        "and dates that are no dates.",
    )


def months_before(day: date, months: int) -> date:
    """The first of the month that many months before."""
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)


def _row(contract: Contract, random: Random) -> list[str]:
    supplier = contract.supplier
    vcse = supplier.name.endswith("CIO")
    notice = random.choice((1, 3, 3, 6, 6, 12)) if contract.annual > 50_000 else random.choice((1, 1, 3))
    years = (contract.end - contract.start).days / 365.25
    value = round(contract.annual * round(years))
    vat = round(value * 0.2) if random.random() < 0.04 else 0
    process = "Tender" if value > 200_000 else random.choice(PROCESSES)
    return [
        contract.reference,
        f"{supplier.category} {contract.start.year}",
        supplier.team,
        directorate_of(supplier.team),
        f"{supplier.category} for {supplier.team}",
        supplier.id,
        supplier.name,
        contract.start.isoformat(),
        contract.end.isoformat(),
        months_before(contract.end, notice + 3).isoformat(),
        str(notice),
        random.choice(("0", "0", "12", "24")),
        f"{contract.annual:.2f}",
        f"{value:.2f}",
        f"{vat:.2f}",
        process,
        "true" if vcse or contract.annual < 250_000 else "false",
        "true" if vcse else "false",
        f"EX-CHY-{random.randint(1000, 9999)}" if vcse else "[z]",
    ]


def _raw(rows: list[list[str]]) -> bytes:
    random = dice("contracts-raw")
    header = ["Contract Ref", "Title", "Dept", "Supplier", "Start", "End", "Review", "Total Value", "Process"]
    made: list[list[str]] = []
    for row in rows:
        start, end, review = (date.fromisoformat(row[i]) for i in (7, 8, 9))
        style = random.choice(("%d/%m/%Y", "%d/%m/%Y", "%d-%b-%y"))
        until = random.choices((end.strftime(style), "ongoing", "TBC"), (94, 3, 3))[0]
        value = float(row[13])
        written = random.choice((f"£{value:,.2f}", f"{value:,.0f}", f"{value:.2f}", f" £{value:,.0f} "))
        name = row[6].upper() if random.random() < 0.15 else row[6]
        made.append(
            [row[0], row[1], row[2], name, start.strftime(style), until, review.strftime(style), written, row[15]]
        )
    return csv_bytes(header, made, "\r\n")
