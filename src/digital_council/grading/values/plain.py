"""Plain Python in the closed record: numbers, text, dates and containers, each with its exact type."""

import datetime as dt
import decimal
import fractions
import re
import uuid
import zoneinfo
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Hashable, Iterable
from typing import Any

from .core import LEAVES, SMALL_INT, Decoder, Encoder, Json, ValuesError, decodes, encodes

MAX_EXPONENT = 10_000  # int(Decimal("1E999999999")) never ends
MAX_COLLISIONS = 64  # many keys of one hash make building a dict quadratic
ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(/[A-Za-z0-9_+\-]+){0,2}", re.ASCII)


@encodes(int)
def _int(encoder: Encoder, value: Any) -> Json:
    return encoder.integer(int.__int__(value))


@encodes(float)
def _float(encoder: Encoder, value: Any) -> Json:
    return float.__float__(value)


@encodes(str)
def _str(encoder: Encoder, value: Any) -> Json:
    text = str.__str__(value)
    encoder.charge(len(text))
    return text


@encodes(complex)
def _complex(encoder: Encoder, value: Any) -> Json:
    return ["c", complex.__complex__(value).real, complex.__complex__(value).imag]


@encodes(bytes, bytearray)
def _bytes(encoder: Encoder, value: Any) -> Json:
    encoder.buffer(bytes(memoryview(value)))
    return ["by" if isinstance(value, bytes) else "ba"]


def _items(encoder: Encoder, values: Iterable[Any]) -> list[Json]:
    return [encoder.node(v) for v in values]


@encodes(list)
def _list(encoder: Encoder, value: Any) -> Json:
    items = list(list.__iter__(value))
    if set(map(type, items)) <= LEAVES and all(type(i) is not int or -SMALL_INT <= i < SMALL_INT for i in items):
        encoder.charge(8 * len(items) + sum(len(i) for i in items if type(i) is str))
        return ["L", items]
    return ["l", _items(encoder, items)]


@encodes(tuple)
def _tuple(encoder: Encoder, value: Any) -> Json:
    return ["t", _items(encoder, tuple.__iter__(value))]


@encodes(set)
def _set(encoder: Encoder, value: Any) -> Json:
    return ["s", _items(encoder, set.__iter__(value))]


@encodes(frozenset)
def _frozenset(encoder: Encoder, value: Any) -> Json:
    return ["z", _items(encoder, frozenset.__iter__(value))]


@encodes(deque)
def _deque(encoder: Encoder, value: Any) -> Json:
    return ["q", _items(encoder, deque.__iter__(value)), value.maxlen]


@encodes(dict, OrderedDict, Counter, defaultdict)
def _dict(encoder: Encoder, value: Any) -> Json:
    kind = next((n for n, k in MAPPINGS.items() if k is not dict and isinstance(value, k)), "d")
    return [kind, [[encoder.node(k), encoder.node(v)] for k, v in dict.items(value)]]


@encodes(range)
def _range(encoder: Encoder, value: range) -> Json:
    if len(value) > encoder.bounds.max_length:
        return encoder.opaque(value)
    return ["r", *(encoder.integer(n) for n in (value.start, value.stop, value.step))]


@encodes(slice)
def _slice(encoder: Encoder, value: slice) -> Json:
    return ["sl", *(encoder.node(n) for n in (value.start, value.stop, value.step))]


@encodes(decimal.Decimal)
def _decimal(encoder: Encoder, value: decimal.Decimal) -> Json:
    _, digits, exponent = decimal.Decimal.as_tuple(value)
    if isinstance(exponent, int) and (abs(exponent) > MAX_EXPONENT or len(digits) > MAX_EXPONENT):
        return encoder.opaque(value)
    encoder.charge(len(digits))
    return ["de", decimal.Decimal.__str__(value)]


@encodes(fractions.Fraction)
def _fraction(encoder: Encoder, value: fractions.Fraction) -> Json:
    return ["fr", encoder.integer(value.numerator), encoder.integer(value.denominator)]


@encodes(uuid.UUID)
def _uuid(encoder: Encoder, value: uuid.UUID) -> Json:
    return ["uu", value.hex]


@encodes(type(...))
def _ellipsis(encoder: Encoder, value: Any) -> Json:
    return ["..."]


def encode_zone(encoder: Encoder, zone: dt.tzinfo | None) -> Json:
    """A time zone by name or fixed offset; any other kind is refused by being opaque."""
    if zone is None:
        return None
    if type(zone) is zoneinfo.ZoneInfo and zone.key:
        return ["tz", zone.key]
    if type(zone) is dt.timezone:
        offset = zone.utcoffset(None)
        return ["to", offset.days * 86_400 + offset.seconds, offset.microseconds]
    return encoder.opaque(zone)


@encodes(dt.datetime)
def _datetime(encoder: Encoder, value: dt.datetime) -> Json:
    parts = [value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond]
    return ["dt", parts, value.fold, encode_zone(encoder, value.tzinfo)]


@encodes(dt.date)
def _date(encoder: Encoder, value: dt.date) -> Json:
    return ["da", value.year, value.month, value.day]


@encodes(dt.time)
def _time(encoder: Encoder, value: dt.time) -> Json:
    parts = [value.hour, value.minute, value.second, value.microsecond]
    return ["ti", parts, value.fold, encode_zone(encoder, value.tzinfo)]


@encodes(dt.timedelta)
def _timedelta(encoder: Encoder, value: dt.timedelta) -> Json:
    return ["td", value.days, value.seconds, value.microseconds]


@encodes(dt.timezone, zoneinfo.ZoneInfo)
def _timezone(encoder: Encoder, value: dt.tzinfo) -> Json:
    return encode_zone(encoder, value)


@decodes("i")
def _read_int(decoder: Decoder, node: Json) -> int:
    if type(node[1]) is not str or len(node[1]) > decoder.bounds.max_int_bits // 4 + 8:
        raise ValuesError("a whole number is too large")
    return int(node[1], 16)


@decodes("c")
def _read_complex(decoder: Decoder, node: Json) -> complex:
    return complex(decoder.of(node[1], float), decoder.of(node[2], float))


@decodes("by", "ba")
def _read_bytes(decoder: Decoder, node: Json) -> bytes | bytearray:
    return bytes(decoder.buffer()) if node[0] == "by" else bytearray(decoder.buffer())


@decodes("L")
def _read_leaves(decoder: Decoder, node: Json) -> list[Any]:
    if not set(map(type, node[1])) <= LEAVES:
        raise ValuesError("a packed list holds something else")
    return list(node[1])


@decodes("l")
def _read_list(decoder: Decoder, node: Json) -> list[Any]:
    return [decoder.value(n) for n in node[1]]


@decodes("t")
def _read_tuple(decoder: Decoder, node: Json) -> tuple[Any, ...]:
    return tuple(_read_list(decoder, node))


def spread(keys: list[Hashable]) -> list[Hashable]:
    """The same keys, after a check that they were not chosen to share one hash."""
    if len(keys) > MAX_COLLISIONS and max(Counter(map(hash, keys)).values()) > MAX_COLLISIONS:
        raise ValuesError("the keys share one hash")
    return keys


@decodes("s", "z")
def _read_set(decoder: Decoder, node: Json) -> set[Any] | frozenset[Any]:
    items = spread(_read_list(decoder, node))
    return set(items) if node[0] == "s" else frozenset(items)


@decodes("q")
def _read_deque(decoder: Decoder, node: Json) -> deque[Any]:
    return deque(_read_list(decoder, node), decoder.of(node[2], int, type(None)))


MAPPINGS: dict[str, type] = {"od": OrderedDict, "ct": Counter, "dd": defaultdict, "d": dict}


@decodes(*MAPPINGS)
def _read_dict(decoder: Decoder, node: Json) -> dict[Any, Any]:
    pairs = [(decoder.value(k), decoder.value(v)) for k, v in node[1]]
    spread([k for k, _ in pairs])
    kind = MAPPINGS[node[0]]
    return defaultdict(None, pairs) if kind is defaultdict else kind(dict(pairs))


@decodes("r")
def _read_range(decoder: Decoder, node: Json) -> range:
    value = range(*(decoder.of(n, int) for n in node[1:4]))
    if len(value) > decoder.bounds.max_length:
        raise ValuesError("a range is too long")
    return value


@decodes("sl")
def _read_slice(decoder: Decoder, node: Json) -> slice:
    return slice(*(decoder.value(n) for n in node[1:4]))


@decodes("de")
def _read_decimal(decoder: Decoder, node: Json) -> decimal.Decimal:
    if type(node[1]) is not str or len(node[1]) > 2 * MAX_EXPONENT:
        raise ValuesError("a decimal is too long")
    value = decimal.Decimal(node[1])
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and abs(exponent) > MAX_EXPONENT:
        raise ValuesError("a decimal is too large")
    return value


@decodes("fr")
def _read_fraction(decoder: Decoder, node: Json) -> fractions.Fraction:
    return fractions.Fraction(decoder.of(node[1], int), decoder.of(node[2], int))


@decodes("uu")
def _read_uuid(decoder: Decoder, node: Json) -> uuid.UUID:
    return uuid.UUID(hex=node[1][:32])


@decodes("...")
def _read_ellipsis(decoder: Decoder, node: Json) -> Any:
    return ...


@decodes("tz", "to")
def read_zone(decoder: Decoder, node: Json) -> dt.tzinfo:
    """A zone of the standard database, or a fixed offset."""
    if node[0] == "to":
        return dt.timezone(dt.timedelta(seconds=node[1], microseconds=node[2]))
    if len(node[1]) > 60 or not ZONE.fullmatch(node[1]):
        raise ValuesError("a time zone has no known name")
    return zoneinfo.ZoneInfo(node[1])


def zone(decoder: Decoder, node: Json) -> dt.tzinfo | None:
    """The zone of a node that may hold none."""
    if node is None:
        return None
    value = decoder.value(node)
    if not isinstance(value, dt.tzinfo):
        raise ValuesError("a time zone is of an unknown kind")
    return value


@decodes("dt")
def _read_datetime(decoder: Decoder, node: Json) -> dt.datetime:
    return dt.datetime(*node[1]).replace(tzinfo=zone(decoder, node[3]), fold=node[2])


@decodes("da")
def _read_date(decoder: Decoder, node: Json) -> dt.date:
    return dt.date(*node[1:4])


@decodes("ti")
def _read_time(decoder: Decoder, node: Json) -> dt.time:
    return dt.time(*node[1]).replace(tzinfo=zone(decoder, node[3]), fold=node[2])


@decodes("td")
def _read_timedelta(decoder: Decoder, node: Json) -> dt.timedelta:
    return dt.timedelta(days=node[1], seconds=node[2], microseconds=node[3])
