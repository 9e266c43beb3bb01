"""Plain values out of whatever a learner typed or computed; raises Unusable and nothing else."""

from __future__ import annotations

import contextlib
import math
import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from digital_council.courses.findings import Unusable
from digital_council.courses.questions import numbers

LONGEST = 5000  # characters of text looked at; longer answers are refused, not cut
MOST = 200_000  # items or rows looked at, or characters of a list that is text
WIDEST = 1000  # columns of a table looked at
DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%B %d %Y", "%Y%m%d")
WEEKDAY = re.compile(r"^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.? ", re.IGNORECASE)
CANONICAL_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,15})?")


def family(value: Any) -> str:
    """ "pandas", "numpy" or "": told from the type alone, so that neither library is imported for nothing."""
    root = type(value).__module__.partition(".")[0]
    return root if root in ("pandas", "numpy") else ""


def crowded(value: Any) -> bool:
    """Whether a value has more parts than are looked at, however they lie within each other."""
    left, waiting = MOST, [value]
    while waiting and left >= 0:
        each = waiting.pop()
        if family(each) and isinstance(size := getattr(each, "size", None), int):
            left -= size if len(getattr(each, "columns", ())) <= WIDEST else MOST + 1
            waiting += _loose(each) if left >= 0 else []
        elif isinstance(each, (list, tuple, set, frozenset, dict)):
            left -= len(each)
            waiting += (each.values() if isinstance(each, dict) else each) if left >= 0 else []
    return left < 0


def _loose(held: Any) -> list[Any]:
    """The parts of a table or an array that may have parts themselves."""
    if hasattr(held, "columns"):
        columns = [held.iloc[:, place] for place in range(held.shape[1])]
    else:
        columns = [held.reshape(-1) if family(held) == "numpy" else held]
    return [each for column in columns if str(getattr(column, "dtype", "")) == "object" for each in column.tolist()]


def scalar(value: Any) -> Any:
    """The Python value in a numpy scalar, a one-cell array, series, table or list; else the value itself."""
    for _ in range(3):
        size = getattr(value, "size", None) if family(value) else None
        if family(value) == "pandas" and hasattr(value, "to_numpy") and size == 1:
            value = value.to_numpy().reshape(-1)[0]
        elif family(value) == "numpy" and hasattr(value, "item") and size == 1:
            # item() of datetime64[ns] is an integer of nanoseconds, so dates go by seconds
            value = value.astype("datetime64[us]").item() if value.dtype.kind == "M" else value.item()
        elif isinstance(value, (list, tuple, set, frozenset)) and len(value) == 1:
            value = next(iter(value))
    return value


def blank(value: Any) -> bool:
    """True for None, not-a-number, not-a-time and empty text."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return type(value).__name__ in ("NAType", "NaTType")


def shown(value: Any, longest: int = 80) -> str:
    """A short text of a plain value for a finding; never runs anything of the learner's."""
    if family(value) and hasattr(value, "shape"):
        size = " × ".join(str(each) for each in value.shape)
        return f"a {type(value).__name__} ({size})"
    if isinstance(value, (list, tuple, set, frozenset)):
        first = [shown(each, 30) for _, each in zip(range(6), value, strict=False)]
        text = ", ".join(first) + (", …" if len(value) > 6 else "")
    elif isinstance(value, dict):
        first = [f"{shown(key, 30)}: {shown(value[key], 30)}" for _, key in zip(range(4), value, strict=False)]
        text = ", ".join(first) + (", …" if len(value) > 4 else "")
    elif isinstance(value, float):
        text = f"{value:,.10g}"
    elif isinstance(value, int) and not isinstance(value, bool):
        text = f"{value:,}" if value.bit_length() < 200 else "a very large whole number"
    else:
        text = value if isinstance(value, str) else str(value)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def kind_of(value: Any) -> str:
    """The kind of a value in a reader's words."""
    names = {
        "bool": "true or false",
        "int": "a number",
        "float": "a number",
        "str": "text",
        "list": "a list",
        "tuple": "a list",
        "set": "a set",
        "frozenset": "a set",
        "dict": "a dictionary",
        "date": "a date",
        "datetime": "a date",
        "Timestamp": "a date",
        "DataFrame": "a table",
        "Series": "a column of values",
        "NoneType": "nothing",
        "ndarray": "an array",
    }
    return names.get(type(value).__name__, "something else")


def number(raw: Any, unit: str = "") -> float:
    """The number in an int, float, decimal or text such as "£1,200", "12%" or "1.2m"."""
    value = scalar(raw)
    if isinstance(value, bool) or blank(value):
        raise Unusable("The answer should be a number.", f"You gave {shown(value) or 'nothing'}.")
    if isinstance(value, (int, float, Decimal, Fraction)):
        with contextlib.suppress(OverflowError, ValueError):
            if math.isfinite(found := float(value)):
                return found
        raise Unusable("The answer should be an ordinary number.", "You gave one that is too large, or has no value.")
    if isinstance(value, str) and (typed := numbers.typed(value, unit)) is not None:
        return typed
    wanted = f"The answer should be a number{f', in {unit}' if unit else ''}."
    raise Unusable(wanted, f"You gave {kind_of(value)}: {shown(value)}.")


def day(raw: Any) -> date:
    """The date in a date, a timestamp or text: 2026-03-31, 31/03/2026 (day first) or 31 March 2026."""
    value = scalar(raw)
    if blank(value):
        raise Unusable("The answer should be a date.", "There is none yet.")
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str) and len(value) <= 60:
        body = re.sub(r"(?<=\d)(st|nd|rd|th)\b", "", value.strip().replace(",", " "))
        body = re.sub(r"\s+", " ", re.sub(r"[T ]\d{2}:\d{2}.*$", "", body))
        body = re.sub(r"\b[Ss]ept\b\.?", "Sep", WEEKDAY.sub("", body))
        for style in DATES:
            with contextlib.suppress(ValueError):
                return datetime.strptime(body, style).date()
    raise Unusable("The answer should be a date, such as 31/03/2026 or 2026-03-31.", f"You gave {shown(value)}.")


def text(raw: Any) -> str:
    """The text in a string or a number; raises Unusable for anything else, and for text too long to read."""
    value = scalar(raw)
    if isinstance(value, bool) or not isinstance(value, (str, int, float, date, Decimal)):
        raise Unusable("The answer should be words.", f"You gave {kind_of(value)}.")
    found = value if isinstance(value, str) else shown(value)
    if len(found) > LONGEST:
        raise Unusable(f"The answer is longer than {LONGEST:,} characters.", "Please shorten it.")
    return found.strip()


def folded(value: str) -> str:
    """Text as compared: case, spacing, quotation marks and a final full stop do not matter."""
    body = unicodedata.normalize("NFKC", value).casefold().replace("’", "'").replace("‘", "'")
    return re.sub(r"\s+", " ", body).strip().strip("\"'.").strip()


def atom(raw: Any) -> tuple[str, Any]:
    """One cell in a form that compares: 3, 3.0 and "3" are one, "007" is text, both styles of date are one."""
    value = scalar(raw)
    if blank(value):
        return ("blank", None)
    if isinstance(value, bool):
        return ("truth", value)
    if isinstance(value, (int, float, Decimal, Fraction)):
        with contextlib.suppress(Unusable):
            return ("number", number(value))
        return ("text", shown(value))
    if isinstance(value, (date, datetime)):
        return ("date", day(value))
    if isinstance(value, (bytes, bytearray)):
        return ("text", "bytes")
    if isinstance(value, (list, tuple)):
        return ("list", tuple(atom(each) for _, each in zip(range(1000), value, strict=False)))
    return _atom_of_text(value if isinstance(value, str) else shown(value))


def _atom_of_text(value: str) -> tuple[str, Any]:
    if CANONICAL_NUMBER.fullmatch(value.strip()):
        return ("number", float(value))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4}", value.strip()):
        with contextlib.suppress(Unusable):
            return ("date", day(value))
    return ("text", folded(value[:LONGEST]))


def items(raw: Any) -> list[Any]:
    """The items of a list, set, column, array, one-column table or text with commas."""
    if isinstance(raw, str):
        if len(raw) > MOST:
            raise Unusable(f"The answer is longer than {MOST:,} characters.", "That is more than the question needs.")
        parts = re.split(r"[,;\n]", raw.strip().strip("[](){}"))
        return [part.strip().strip("'\"") for part in parts if part.strip()]
    if isinstance(raw, dict):
        raise Unusable("The answer should be a list of values.", "You gave a dictionary.")
    if family(raw) == "pandas" and hasattr(raw, "columns"):
        if raw.shape[1] != 1:
            raise Unusable("The answer should be one column of values.", f"Your table has {raw.shape[1]} columns.")
        raw = raw.iloc[:, 0]
    if family(raw) and hasattr(raw, "tolist"):
        raw = raw.tolist()
    found = list(raw) if isinstance(raw, (list, tuple, set, frozenset)) else [raw]
    if len(found) > MOST:
        raise Unusable(f"The answer holds more than {MOST:,} values.", "That is more than the question needs.")
    return found
