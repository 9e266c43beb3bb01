"""The standards a file is checked against: the Transparency Code's fields, by the names of the LGA's schemas.

Source: LGA, Local transparency guidance: publishing spending and procurement information (v1.3, 2015), and the LGA's
schemas of 2019. Each field also lists headers seen in real files, so that a file need not be renamed to be checked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from digital_council.datasets.description import Description

Kind = Literal["text", "supplier", "purpose", "amount", "number", "date", "moment", "flag", "count", "band", "pay"]


@dataclass(frozen=True)
class Field:
    """One column of a standard."""

    name: str
    kind: Kind
    required: bool = True
    aliases: tuple[str, ...] = ()
    unique: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float | None = None


@dataclass(frozen=True)
class Standard:
    """What a file must hold; `barred` are headers that must not be there, each with the reason."""

    id: str
    title: str
    fields: tuple[Field, ...]
    barred: tuple[tuple[tuple[str, ...], str], ...] = ()
    order: tuple[tuple[str, str], ...] = ()
    """Pairs of dates of which the first may not be after the second."""
    absent: tuple[str, ...] = ("[c]", "[x]", "[z]")
    """Markers that say why a value is absent."""
    past: tuple[str, ...] = ()
    """Dates that cannot lie in the future."""

    def field(self, name: str) -> Field:
        return next(each for each in self.fields if each.name == name)


UNIT = ("organisational unit", "service label", "service area", "department", "dept", "team", "directorate", "service",
        "organisation unit", "org unit", "body")  # fmt: skip
VAT = ("irrecoverable vat amount", "irrecoverable vat", "vat not recoverable", "non recoverable vat")
BARRED = (
    (("supplier address", "beneficiary address", "address", "supplier postcode", "postcode", "post code", "street",
      "address line 1", "address line 2", "town"), "a supplier's address is not published"),
    (("invoice number", "invoice no", "invoice ref", "invoice reference", "order number", "purchase order number",
      "po number", "order no"), "invoice and order numbers help fraud"),
    (("bank account", "account number", "sort code", "iban"), "bank details are not published"),
)  # fmt: skip

SPEND = Standard(
    "spend",
    "Spending over £500",
    (
        Field("OrganisationalUnit", "text", aliases=UNIT),
        Field("BeneficiaryName", "supplier", aliases=("beneficiary", "supplier name", "supplier", "vendor",
                                                      "vendor name", "payee", "merchant")),
        Field("PaymentDate", "date", aliases=("date paid", "paid date", "payment date", "date", "date incurred",
                                              "transaction date", "invoice creation date")),
        Field("Amount", "amount", aliases=("net amount", "amount (£)", "amount gbp", "invoice nett amount", "value")),
        Field("IrrecoverableVATAmount", "amount", aliases=VAT),
        Field("Purpose", "purpose", aliases=("narrative", "description", "purpose of expenditure", "summary of purpose",
                                             "expenditure description")),
        Field("TransactionNumber", "text", required=False, unique=True,
              aliases=("trans no", "transaction no", "transaction id", "transaction ref")),
        Field("ExpenditureCategory", "text", required=False,
              aliases=("category", "merchant category", "type of expenditure", "subj description")),
        Field("ContractRef", "text", required=False, aliases=("contract reference",)),
        Field("CardTransaction", "text", required=False, allowed=("GPC", "CCC", "None")),
        Field("VCSEGrant", "flag", required=False, aliases=("voluntary sector grant", "grant")),
    ),
    BARRED,
    past=("PaymentDate",),
)  # fmt: skip

CONTRACTS = Standard(
    "contracts",
    "Contracts over £5,000",
    (
        Field("ContractReference", "text", unique=True, aliases=("contract ref", "reference", "reference number")),
        Field("ContractTitle", "text", aliases=("title", "contract name")),
        Field("OrganisationalUnit", "text", aliases=UNIT),
        Field("Description", "purpose", aliases=("contract description", "description of goods or services")),
        Field("StartDate", "date", aliases=("start", "contract start date", "commencement date")),
        Field("EndDate", "date", aliases=("end", "contract end date", "expiry date")),
        Field("ReviewDate", "date", aliases=("review", "contract review date")),
        Field("ContractValue", "amount", minimum=0,
              aliases=("value", "total contract value", "total value", "contract sum")),
        Field("IrrecoverableVAT", "amount", minimum=0, aliases=VAT),
        Field("SupplierName", "supplier", aliases=("supplier", "contractor", "vendor")),
        Field("CharityCommissionNumber", "text", required=False,
              aliases=("charity number", "registration number", "charity no")),
        Field("SMESupplier", "flag", aliases=("sme", "is sme", "small or medium enterprise")),
        Field("VCSESupplier", "flag", aliases=("vcse", "is vcse", "voluntary sector")),
        Field("ProcessType", "text", aliases=("process", "procurement route", "procedure", "award procedure")),
    ),
    BARRED,
    order=(("StartDate", "EndDate"), ("ReviewDate", "EndDate")),
)  # fmt: skip

SENIOR_COUNT = Standard(
    "senior_salaries",
    "Senior salaries: how many are paid in each £5,000 bracket",
    (
        Field("RemunerationBand", "band", unique=True, aliases=("salary band", "band", "salary bracket", "bracket")),
        Field("EmployeeCount", "count", aliases=("number of employees", "count", "employees", "headcount", "staff")),
    ),
)

SENIOR_EMPLOYEES = Standard(
    "senior_salaries",
    "Senior employees",
    (
        Field("JobTitle", "text", aliases=("title", "post", "role", "post title")),
        Field(
            "OrganisationalUnit", "text", aliases=("organisational unit", "department", "dept", "directorate", "team")
        ),
        Field("Service", "text", aliases=("service area", "function")),
        Field("Salary", "pay", aliases=("remuneration", "pay", "salary band", "annual salary")),
        Field("PensionContribution", "amount", required=False, aliases=("pension", "employer pension")),
        Field("Bonuses", "amount", required=False, aliases=("bonus",)),
        Field("ExpenseAllowances", "amount", required=False, aliases=("expenses", "allowances")),
        Field("LossofPostCompensation", "amount", required=False, aliases=("compensation for loss of office",)),
        Field("BenefitsinKind", "amount", required=False, aliases=("benefits",)),
        Field("BonusDetails", "text", required=False),
        Field("BenefitsDetails", "text", required=False),
        Field("Responsibilities", "text", aliases=("services and functions", "duties")),
        Field("Name", "text", required=False, aliases=("employee name", "post holder", "full name")),
    ),
    ((("home address", "address", "date of birth", "national insurance number"), "it is personal data"),),
)

STANDARDS: dict[str, tuple[Standard, ...]] = {
    "spend": (SPEND,),
    "contracts": (CONTRACTS,),
    "senior_salaries": (SENIOR_COUNT, SENIOR_EMPLOYEES),
}
"""By the name `--as` takes; where there are two forms, the file's header says which it is."""

KINDS: dict[str, Kind] = {
    "integer": "number", "number": "number", "date": "date", "datetime": "moment", "boolean": "flag"
}  # fmt: skip


def of_dataset(described: Description) -> Standard:
    """A standard from a dataset's own description, for a new file of a dataset that is already in the store."""
    fields = tuple(
        Field(
            column.name,
            KINDS.get(column.type, "text"),
            column.required,
            (column.title,) if column.title else (),
            described.key == (column.name,),
            column.categories,
        )
        for column in described.columns
    )
    markers = tuple(mark for mark, _ in described.missing if mark)
    return replace(Standard(described.id, described.title, fields), absent=markers)
