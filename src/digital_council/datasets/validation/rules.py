"""Rules for cells, as SQL: which rule a value breaks first, and what a safe repair makes of it.

`v` is the value trimmed. Rules are tried in order and the first that holds gives the finding, so the commonest good
form stands first, and costs one comparison. A repair is safe when only one meaning is possible.
"""

from __future__ import annotations

from collections.abc import Callable

from digital_council.datasets.validation import amounts, dates
from digital_council.datasets.validation.rule import FORMULA, Rule, Style, full, has, quoted
from digital_council.datasets.validation.standards import Field

PERSONAL = "REDACTED PERSONAL DATA"
COMMERCIAL = "REDACTED COMMERCIAL CONFIDENTIALITY"
POSTCODE = r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"
SUSPECT = r"^[#=@+\-\t\r＝＠＋－]|\x{FFFD}|\x{C3}|\x{C2}|\x{E2}\x{20AC}"
"""What no harmless text has: one look that spares nearly every value the rules of text."""
TELLING = (
    SUSPECT + r"|redact|withheld|sensitive|confidential|[*x]{3}|^(?:mr|mrs|ms|miss|mx|dr)\b|carer|foster|benefit|refund"
    r"|[A-Z]\d[A-Z\d]? ?\d[A-Z]{2}\b"
)
"""The same for suppliers and purposes, whose rules are more."""


def rules(field: Field, absent: tuple[str, ...], style: Style, typed: bool) -> list[Rule]:
    """The rules of a field, in the order they are tried."""
    blank = Rule("blank" if field.required else "", "v = ''", "is blank", "give the value, or say why there is none: "
                 + (", ".join(absent) or "the standard has no marker for that"))  # fmt: skip
    markers = [Rule("", f"v IN ({', '.join(quoted(mark) for mark in absent)})")] if absent else []
    is_text = field.kind in ("text", "supplier", "purpose")
    mend = "put an apostrophe before it" if is_text else "give the value it stands for"
    formula = Rule(
        "formula", has(FORMULA, ""), "would run as a formula in a spreadsheet", mend, "'''' || v", sure=is_text
    )
    others = OTHERS[field.kind](field, style, typed)
    tried = [formula, *others] if is_text else [*others[:-1], formula, others[-1]]
    return [*KINDS[field.kind](field, style, typed), blank, *markers, *tried]


def _redactions(field: Field, style: Style, typed: bool) -> list[Rule]:
    how = f"write {PERSONAL} or {COMMERCIAL}"
    plain = r"upper(regexp_replace(v, '[^A-Za-z]+', ' ', 'g'))"
    return [
        Rule("", f"v IN ('{PERSONAL}', '{COMMERCIAL}')"),
        Rule("redaction-wording", f"trim({plain}) IN ('{PERSONAL}', '{COMMERCIAL}')", "is a redaction in other letters",
             how, f"trim({plain})"),
        Rule("redaction", has(r"\bredact|\bwithheld\b|sensitive supplier|\bconfidential\b|^\W*[*xX]{3,}\W*$"),
             "is a redaction in other words", how),
    ]  # fmt: skip


def _suppliers(field: Field, style: Style, typed: bool) -> list[Rule]:
    return [
        *_redactions(field, style, typed),
        Rule("person", has(r"^(?:mr|mrs|ms|miss|mx|dr)\b\.? \S"), "looks like a person",
             f"redact it as {PERSONAL} unless it is their business's name"),
        Rule("address", has(POSTCODE, ""), "holds a postcode: a supplier's address is not published",
             "give the name alone"),
        Rule("left-out", has(r"foster(?:ing)? carer|home carer|housing benefit|\brefund"),
             "is of a kind that is not published", "leave the row out"),
        *_texts(field, style, typed),
    ]  # fmt: skip


def _purposes(field: Field, style: Style, typed: bool) -> list[Rule]:
    return [
        *_redactions(field, style, typed),
        Rule("left-out", has(r"foster(?:ing)? (?:carer|allowance)|housing benefit payment|\brefund of\b"),
             "is of a kind that is not published", "leave the row out"),
        Rule("address", has(POSTCODE, ""), "holds a postcode", "leave the address out"),
        *_texts(field, style, typed),
    ]  # fmt: skip


def _texts(field: Field, style: Style, typed: bool) -> list[Rule]:
    listed = f"v NOT IN ({', '.join(quoted(each) for each in field.allowed)})"
    wanted = Rule("not-allowed", listed, "is not in the list", f"allowed: {', '.join(field.allowed)[:200]}")
    return [
        Rule("spreadsheet-error", full(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)"), "is a spreadsheet's error",
             "mend the formula it came from, and export it again"),
        Rule("lost-letters", "contains(v, '\ufffd')", "has lost letters", "export it again as UTF-8"),
        Rule("mis-decoded", has("\u00c3[\u0080-\u00bf\u2018-\u2122]|\u00c2[\u00a3\u00a0\u00ae\u00b0]|\u00e2\u20ac"),
             "was read in a wrong encoding", "export it again as UTF-8", "recoded(v)"),
        *([wanted] if field.allowed else []),
    ]  # fmt: skip


def _good_flag(field: Field, style: Style, typed: bool) -> list[Rule]:
    return [Rule("", "v IN ('true', 'false', 'Yes', 'No')")]


def _flags(field: Field, style: Style, typed: bool) -> list[Rule]:
    yes = "CASE WHEN lower(v) IN ('y', 'yes', 'true', 't', '1', '1.0') THEN 'Yes' ELSE 'No' END"
    known = "lower(v) IN ('y', 'yes', 'true', 't', '1', '1.0', 'n', 'no', 'false', 'f', '0', '0.0')"
    return [
        Rule("flag-style", known, "is yes or no in another style", "write Yes or No", yes),
        Rule("no-flag", "true", "is neither yes nor no", "write Yes or No"),
    ]


def _good_count(field: Field, style: Style, typed: bool) -> list[Rule]:
    return [Rule("", full(r"0|[1-9]\d*"))]


def _counts(field: Field, style: Style, typed: bool) -> list[Rule]:
    return [
        Rule("count-style", full(r"[1-9]\d{0,2}(?:,\d{3})+|\d+\.0+"), "is no plain whole number",
             "write digits alone", "regexp_replace(replace(v, ',', ''), '\\.0+$', '')"),
        Rule("no-count", "true", "is no whole number", "write digits alone, such as 12"),
    ]  # fmt: skip


_BAND = r"£?([1-9]\d{1,2},?\d{3})\s*(?:-|–|—|to)\s*£?([1-9]\d{1,2},?\d{3})"


def _band_part(group: int) -> str:
    return f"CAST(replace(regexp_extract(v, {quoted(_BAND)}, {group}), ',', '') AS INTEGER)"


def _good_band(field: Field, style: Style, typed: bool) -> list[Rule]:
    low, high = _band_part(1), _band_part(2)
    written = f"printf('£%s - £%s', format('{{:,}}', {low}), format('{{:,}}', {high}))"
    right = f"{full(_BAND)} AND {low} % 5000 = 0 AND {high} - {low} = 4999"
    return [
        Rule("band-too-low", f"{full(_BAND)} AND {low} < 50000", "is under £50,000", "begin with £50,000 - £54,999"),
        Rule("", f"{right} AND v = {written}"),
        Rule("band-style", right, "is a bracket in another style", "write £50,000 - £54,999", written),
    ]


def _bands(field: Field, style: Style, typed: bool) -> list[Rule]:
    return [Rule("band", "true", "is no bracket of £5,000", "write £50,000 - £54,999, £55,000 - £59,999 and so on")]


def _good_pay(field: Field, style: Style, typed: bool) -> list[Rule]:
    return [*_good_band(field, style, typed)[:2], *amounts.good(field, style, typed)]


def _numbers(field: Field, style: Style, typed: bool) -> list[Rule]:
    return [Rule("no-number", "true", "is no number", "write digits, and a point before decimals")]


def _moments(field: Field, style: Style, typed: bool) -> list[Rule]:
    return [Rule("no-moment", "true", "is no date and time", "write 2026-03-31T14:05:00")]


def _plain(pattern: str) -> Maker:
    """What no rule could find fault with, before each is tried."""

    def made(field: Field, style: Style, typed: bool) -> list[Rule]:
        return [] if field.allowed else [Rule("", f"v <> '' AND NOT {has(pattern)}")]

    return made


Maker = Callable[[Field, Style, bool], list[Rule]]


KINDS: dict[str, Maker] = {
    "text": _plain(SUSPECT),
    "supplier": _plain(TELLING),
    "purpose": _plain(TELLING),
    "amount": amounts.good,
    "number": lambda field, style, typed: [Rule("", full(r"-?\d+(?:\.\d+)?"))],
    "date": dates.good,
    "moment": lambda field, style, typed: [Rule("", "TRY_CAST(v AS TIMESTAMP) IS NOT NULL")],
    "flag": _good_flag,
    "count": _good_count,
    "band": _good_band,
    "pay": _good_pay,
}
"""What is right, tried before anything else."""

OTHERS: dict[str, Maker] = {
    "text": _texts,
    "supplier": _suppliers,
    "purpose": _purposes,
    "amount": amounts.others,
    "number": _numbers,
    "date": dates.others,
    "moment": _moments,
    "flag": _flags,
    "count": _counts,
    "band": _bands,
    "pay": amounts.others,
}
"""What is wrong, by kind."""
