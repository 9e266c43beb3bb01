"""Numbers as people type them: "£1,234.50", "12.5%", "3 percentage points", "5.2:1", "(50)", "1.2m".

What could be read in two ways is refused with a sentence saying what to type: "12,5" is twelve and a half in most of
Europe, and a slip for 125 or 1,205 here.
"""

from __future__ import annotations

import math
import re
import unicodedata

from digital_council.courses.findings import Unusable

SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
WORDS = {word: float(place) for place, word in enumerate(f"{SMALL} seventeen eighteen nineteen".split())}
WORDS |= {"nil": 0.0, "nought": 0.0}
TENS = dict(zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True))  # noqa: SIM905
ONE_OF = {"people": "person", "children": "child", "pence": "penny", "enquiries": "enquiry"}
LONGEST = 100  # characters
SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
DIGITS = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d*)?|\d{1,3}(?: \d{3})+(?!\d)(?:\.\d*)?|\d+\.?\d*|\.\d+"
TYPED = re.compile(rf"([+-]?) ?({DIGITS})(e[+-]?\d{{1,3}})?\s*(.*)", re.DOTALL)
PERCENT = re.compile(r"%|per ?cent|pct")
POINTS = re.compile(r"percentage[ -]?points?|% ?points?|per ?cent points?|ppts?|pp|p\.p\.|points?")
TIMES = re.compile(r": ?1|to 1|x|×|times|times as (?:much|many|high|large|big)|fold|-fold")
ABOUT = re.compile(r"(?:(?:about|around|roughly|approximately|approx\.?|circa|exactly|precisely)\b\.?|[~≈=]) ?")
SUM = re.compile(r"[\d.,() ]*\d[) ]*(?:[-+*/×x÷^]+[( ]*[\d.,][\d.,() ]*)+")
MONEY = re.compile(r"£|\bgbp\b|\bpounds?\b|\bsterling\b|(?:\b(?:a|per)|/) ?(?:year|annum|yr)\b|\bp\.?a\.?$")


def typed(text: str, unit: str = "") -> float | None:
    """The number in a text, in the unit asked for; None where there is none, Unusable where it says two things."""
    if len(text) > LONGEST:
        return None
    body = unicodedata.normalize("NFKC", text).strip().lower()
    body = re.sub(r"\s+", " ", re.sub("[\u2010-\u2015\u2212]", "-", body)).strip("\"'“”‘’ ")
    body = ABOUT.sub("", body, count=1) if ABOUT.match(body) else body
    negative = body.startswith("(") and body.endswith(")")
    body = MONEY.sub("", body.strip("()")).strip()
    body = _digits(body)
    match = TYPED.fullmatch(body.strip())
    rest = match[4].strip() if match else ""
    if rest.startswith(",") and re.match(r",\d", rest):
        raise Unusable("Please write a decimal with a point.", f"In “{text.strip()}” the comma could mean two things.")
    if SUM.fullmatch(body):
        raise Unusable("The answer should be one number, worked out.", f"You gave {text.strip()}.")
    if match is None:
        return None
    factor = _factor(rest.rstrip("."), unit)
    if factor is None:
        return None
    sign, digits, exponent, _ = match.groups()
    found = float(re.sub("[, ]", "", digits) + (exponent or "")) * factor
    found = -found if negative or sign == "-" else found
    return found if math.isfinite(found) else None


def _digits(body: str) -> str:
    """The text with a number in words at its start, up to ninety-nine, put into digits."""
    first, _, rest = body.partition(" ")
    tens, _, ones = first.partition("-")
    if first in WORDS:
        return f"{WORDS[first]:g} {rest}"
    if tens in TENS and (not ones or 0 < WORDS.get(ones, 0) < 10):
        return f"{TENS[tens] + WORDS.get(ones, 0):g} {rest}"
    return body


def _factor(rest: str, unit: str) -> float | None:
    """What the words after the digits multiply by; None where they make it no number of this unit."""
    if not rest or rest in _own_words(unit):
        return 1.0
    scale, _, after = rest.partition(" ")
    if scale in SCALE:
        left = _factor(after.strip(), unit)
        return None if left is None else SCALE[scale] * left
    wanted = unit.lower()
    if POINTS.fullmatch(rest):
        return _same_unit(bool(POINTS.fullmatch(wanted)), "percentage points", unit)
    if PERCENT.fullmatch(rest):
        if POINTS.fullmatch(wanted):
            return _same_unit(False, "per cent", unit)
        return 1.0 if PERCENT.fullmatch(wanted) else 0.01
    if TIMES.fullmatch(rest):
        return 1.0 if not unit or TIMES.fullmatch(wanted) or " per " in wanted else None
    return None


def _same_unit(same: bool, given: str, unit: str) -> float:
    if same:
        return 1.0
    asked = f"in {'per cent' if unit == '%' else unit}" if unit else "a plain number"
    raise Unusable(f"The answer should be {asked}, and you gave {given}.", "The two are not the same.", "wrong-unit")


def _own_words(unit: str) -> set[str]:
    """The unit as people write it after a number: whole, its first word, each in the singular too."""
    whole = unit.lower().strip()
    words = {whole, whole.partition(" ")[0], ONE_OF.get(whole, whole)} - {""}
    return words | {word.removesuffix("s") for word in words} | {re.sub(r"s\b", "", whole)} - {""}
