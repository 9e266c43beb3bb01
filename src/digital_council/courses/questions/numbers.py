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
ONE_OF |= {"user": "person", "kilometre": "km"}
LONGEST = 100  # characters
SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
DIGITS = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d*)?|\d{1,3}(?: \d{3})+(?!\d)(?:\.\d*)?|\d+\.?\d*|\.\d+"
TYPED = re.compile(rf"([+-]?) ?({DIGITS})(e[+-]?\d{{1,3}})?\s*(.*)", re.DOTALL)
PERCENT = re.compile(r"%|per ?cent|pct")
POINTS = re.compile(r"percentage[ -]?points?|% ?points?|per ?cent points?|ppts?|pp|p\.p\.?|points?")
TIMES = re.compile(r": ?1|to 1|x|×|times|times as (?:much|many|high|large|big)|fold|-fold")
ABOUT = re.compile(r"(?:(?:about|around|roughly|approximately|approx\.?|circa|ca?\.|exactly)(?!\w)\.?|[~≈=]) ?")
SUM = re.compile(r"[\d.,() ]*\d[) ]*(?:[-+*/×x÷^]+[( ]*[\d.,][\d.,() ]*)+")
POUNDS = re.compile(r"£|\bgbp\b|\bpounds?\b|\bsterling\b")
MONEY = re.compile(rf"{POUNDS.pattern}|(?:\b(?:a|per)|/) ?(?:year|annum|yr)\b|\bp\.?a\.?$")


def typed(text: str, unit: str = "") -> float | None:
    """The number in a text, in the unit asked for; None where there is none, Unusable where it says two things."""
    if len(text) > LONGEST:
        return None
    body = unicodedata.normalize("NFKC", text).strip().lower()
    body = re.sub(r"\s+", " ", re.sub("[\u2010-\u2015\u2212]", "-", body)).strip("\"'“”‘’ ")
    body = body.rpartition("=")[2].strip()  # what a division comes to
    body = ABOUT.sub("", body, count=1) if ABOUT.match(body) else body
    body = re.sub(r"^(?:minus|negative) (?=[£\d.])", "-", body)
    negative = body.startswith("(") and body.endswith(")")
    body = body.strip("()")
    if unit and POUNDS.search(body) and not POUNDS.search(unit.lower()) and unit != "pence":
        raise _other_unit("money", unit)
    body = _digits(MONEY.sub("", body).strip()).strip()
    if SUM.fullmatch(body):
        raise Unusable("The answer should be one number, worked out.", f"You gave {text.strip()}.")
    found = _counted(body, unit, text)
    return -found if found is not None and negative and found > 0 else found


def _counted(body: str, unit: str, text: str) -> float | None:
    """Digits, and words after them that say what they count."""
    match = TYPED.fullmatch(body)
    if match is None:
        return None
    sign, digits, exponent, rest = match.groups()
    if re.match(r"\s*,\d", rest):
        raise Unusable("Please write a decimal with a point.", f"In “{text.strip()}” the comma could mean two things.")
    factor = _factor(rest.strip().rstrip("."), unit)
    if factor is None:
        return None
    found = float(re.sub("[, ]", "", digits) + (exponent or "")) * factor
    found = -found if sign == "-" else found
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
    raise _other_unit(given, unit)


def _other_unit(given: str, unit: str) -> Unusable:
    asked = f"in {'per cent' if unit == '%' else unit}" if unit else "a plain number"
    return Unusable(f"The answer should be {asked}, and you gave {given}.", "The two are not the same.", "wrong-unit")


def _own_words(unit: str) -> set[str]:
    """The unit as people write it after a number: whole, its first word, "per user", each in the singular too."""
    whole = unit.lower().strip()
    counted, per, one = whole.partition(" per ")
    words = {whole, whole.partition(" ")[0], ONE_OF.get(whole, whole)} - {""}
    if per:
        words |= {"each", f"{counted} each"}
        for each in {one, ONE_OF.get(one, one)}:
            words |= {f"{counted}/{each}", f"/{each}", f"/ {each}", f"per {each}", f"{counted} per {each}"}
    return words | {word.removesuffix("s") for word in words} | {re.sub(r"s\b", "", whole)} - {""}
