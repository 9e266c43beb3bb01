"""The closed record: what crosses keeps its exact type, what is not data becomes opaque, junk only ever fails."""
# ruff: noqa: E501  (cases in tables, and code in strings)

import datetime as dt
import decimal
import fractions
import json
import uuid
import zoneinfo
from collections import Counter, OrderedDict, deque
from itertools import count
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digital_council.grading.values import (
    Bounds,
    Opaque,
    TooLarge,
    ValuesError,
    decode,
    encode_untrusted,
    listed_untrusted,
)
from digital_council.grading.values.core import HEADER, MAGIC

LONDON = zoneinfo.ZoneInfo("Europe/London")


def same(a: Any, b: Any) -> bool:
    """Equal in type and in content, all the way down."""
    if type(a) is not type(b):
        return False
    if isinstance(a, pd.DataFrame):
        pd.testing.assert_frame_equal(a, b, check_freq=True, check_flags=True)
        return a.attrs == b.attrs
    if isinstance(a, pd.Series):
        pd.testing.assert_series_equal(a, b, check_freq=True)
        return True
    if isinstance(a, pd.Index):
        pd.testing.assert_index_equal(a, b, exact=True)
        return getattr(a, "freq", None) == getattr(b, "freq", None)
    if isinstance(a, np.ma.MaskedArray):
        return same(np.asarray(a.data), np.asarray(b.data)) and bool((a.mask == b.mask).all())
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and all(map(same, a.ravel().tolist(), b.ravel().tolist()))
    if isinstance(a, dict):
        return all(map(same, a, b)) and all(map(same, a.values(), b.values())) and len(a) == len(b)
    if isinstance(a, list | tuple | deque):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, float) and a != a:
        return b != b
    if a is pd.NA or a is pd.NaT:
        return a is b
    return bool(a == b) or repr(a) == repr(b)


FRAME = pd.DataFrame(
    {
        "number": [1, 2, 3],
        "text": ["a", None, "ü"],
        "when": pd.date_range("2026-03-01", periods=3, tz=LONDON),
        "kind": pd.Categorical(["x", "y", "x"], categories=["y", "x"], ordered=True),
        "nullable": pd.array([1, None, 3], dtype="Int64"),
        "flag": pd.array([True, None, False], dtype="boolean"),
        "float": pd.array([1.5, None, 2.5], dtype="Float64"),
        "object": pd.Series([1, "a", None], dtype=object),
        "money": pd.Series([decimal.Decimal("1.10"), None, decimal.Decimal("2")], dtype=object),
        "python": pd.array(["a", None, "b"], dtype=pd.StringDtype("python")),
        "arrow": pd.array(["a", None, "b"], dtype=pd.StringDtype("pyarrow")),
        "arrow_int": pd.array([1, None, 3], dtype="int64[pyarrow]"),
        "took": pd.to_timedelta([1, 2, None], unit="h"),
        "month": pd.period_range("2026-01", periods=3, freq="M"),
        "band": pd.arrays.IntervalArray.from_breaks([0, 1, 2, 3]),
    }
)

VALUES = [
    None, True, 0, -1, 2**62, 2**63, -(2**200), 1.5, float("nan"), float("inf"), -0.0, "", "ü\ud800", b"\0a", bytearray(b"x"),
    1 + 2j, [], [1, "a", None], [[1], [2.0, [True]]], (), (1, (2,)), {"a": 1, 2: [3]}, {}, {1, 2}, frozenset("ab"), deque([1], 3),
    OrderedDict(a=1), Counter("aab"), range(3, 9, 2), slice(1, None), ..., decimal.Decimal("-1.20"), decimal.Decimal("NaN"),
    fractions.Fraction(1, 3), uuid.UUID(int=5), dt.date(2026, 3, 31), dt.datetime(2026, 3, 31, 1, 2, 3, 4),
    dt.datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1), dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.time(1, 2), dt.timedelta(1, 2, 3),
    np.int8(-1), np.float32(1.5), np.bool_(True), np.str_("ä"), np.datetime64("2026-01-01"), np.complex64(1j), np.dtype("f8"),
    np.arange(6).reshape(2, 3), np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.array([], dtype="U3"), np.array(3), np.array(["a", "bc"]),
    np.array([1, "a", None, [2]], dtype=object), np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]), np.zeros((0, 3)),
    np.ma.MaskedArray([1, 2], [True, False]), np.array(["2026-01-01", "NaT"], dtype="M8[D]"), np.arange(10)[::2],
    pd.Timestamp("2026-03-29 03:00", tz=LONDON), pd.Timestamp("2026-01-01"), pd.Timestamp(2026, 1, 1, unit="s", tz="UTC"),
    pd.Timedelta("1h"), pd.Period("2026-03", "M"), pd.Interval(0, 1), pd.NaT, pd.NA,
    pd.RangeIndex(3, name="n"), pd.Index(["a", "b"]), pd.Index([1.5]), pd.Index([1, "a"], dtype=object), pd.CategoricalIndex(["a"]),
    pd.date_range("2026-01-01", periods=3, freq="D"), pd.date_range("2026-01-01", periods=3, freq="2h", tz="UTC"),
    pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None]), pd.interval_range(0, 3), pd.timedelta_range("1h", periods=2),
    pd.Series([1, 2], index=["a", "b"], name="s"), pd.Series([], dtype="float32"), pd.Series(["a"], name=("a", 1)),
    FRAME, FRAME.iloc[::-1], FRAME.iloc[0:0], pd.DataFrame(), pd.DataFrame(index=[1, 2]), FRAME[["number", "number"]],
    FRAME.set_index(["kind", "number"]), FRAME.groupby("kind", observed=True).agg({"number": ["sum", "max"]}), FRAME.iloc[1],
    pd.DataFrame(np.arange(6).reshape(2, 3)).T,
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=lambda v: f"{type(v).__name__}")
def test_a_value_crosses_with_its_exact_type(value: Any) -> None:
    assert same(value, decode(encode_untrusted(value)))


def test_a_decoded_array_may_be_written_to() -> None:
    array = decode(encode_untrusted(np.arange(3)))
    array[0] = 9
    assert array[0] == 9


def test_a_query_in_sql_crosses_as_its_rows() -> None:
    asked = duckdb.sql("select 'Walpole' as ward, 1.5 as rate")
    assert same(decode(encode_untrusted(asked)), asked.df())


def test_an_arrow_table_crosses_as_its_rows() -> None:
    asked = duckdb.sql("select 'Walpole' as ward, 1.5::double as rate")
    assert same(decode(encode_untrusted(asked.arrow())), asked.df())
    assert same(decode(encode_untrusted(asked.to_arrow_table())), asked.df())


def test_values_given_one_at_a_time_are_listed_and_endless_ones_end() -> None:
    assert listed_untrusted(filter(None, [0, 1, 2])) == [1, 2]
    assert listed_untrusted(each for each in "ab") == ["a", "b"]
    assert len(listed_untrusted(zip(count()))) == 200_000
    assert listed_untrusted("as it is") == "as it is"


def test_notes_on_a_table_cross() -> None:
    frame = pd.DataFrame({"a": [1]})
    frame.attrs["source"] = "invented"
    assert decode(encode_untrusted(frame)).attrs == {"source": "invented"}


class _AlwaysEqualList(list[Any]):
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Any:
        return iter([42])


class _AlwaysEqualArray(np.ndarray):
    def __eq__(self, other: object) -> Any:
        return True


class _Frame(pd.DataFrame):
    @property
    def columns(self) -> Any:
        return ["forged"]


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (_AlwaysEqualList([1, 2]), [1, 2]),
        (type("I", (int,), {"__eq__": lambda s, o: True, "__hash__": int.__hash__})(3), 3),
        (type("F", (float,), {"__eq__": lambda s, o: True})(3.5), 3.5),
        (type("S", (str,), {"__eq__": lambda s, o: True})("a"), "a"),
        (np.arange(3).view(_AlwaysEqualArray), np.arange(3)),
    ],
)
def test_a_lying_subclass_crosses_as_its_base_data(value: Any, plain: Any) -> None:
    assert same(decode(encode_untrusted(value)), plain)


def test_a_lying_frame_crosses_as_its_base_data() -> None:
    assert same(decode(encode_untrusted(_Frame({"a": [1]}))), pd.DataFrame({"a": [1]}))


@pytest.mark.parametrize("value", [print, object(), int, iter([]), Exception("x"), type("Mine", (), {})()])
def test_what_is_not_data_is_opaque_and_equals_nothing(value: Any) -> None:
    opaque = decode(encode_untrusted([value]))[0]
    assert isinstance(opaque, Opaque)
    assert opaque.callable == callable(value)
    assert opaque != decode(encode_untrusted([value]))[0]


def test_a_list_that_holds_itself_ends_opaque() -> None:
    value: list[Any] = []
    value.append(value)
    assert isinstance(decode(encode_untrusted(value)), list)


def test_a_list_doubled_sixty_times_is_too_large_not_endless() -> None:
    value: list[Any] = [1]
    for _ in range(50):
        value = [value, value]
    with pytest.raises(TooLarge):
        encode_untrusted(value, Bounds(max_bytes=1 << 20))


@pytest.mark.parametrize(
    "value", ["a" * 2000, b"a" * 2000, np.zeros(500), list(range(500)), pd.DataFrame({"a": np.zeros(500)})]
)
def test_a_value_over_the_limit_is_too_large(value: Any) -> None:
    with pytest.raises(TooLarge):
        encode_untrusted(value, Bounds(max_bytes=1000))


def test_an_integer_of_a_million_digits_is_opaque() -> None:
    assert isinstance(decode(encode_untrusted(1 << 4_000_000)), Opaque)


def forged(node: Any, *buffers: bytes) -> bytes:
    """A frame as a hostile child could write it."""
    text = json.dumps({"n": node, "b": [len(b) for b in buffers]}).encode()
    return HEADER.pack(MAGIC, len(text)) + text + b"".join(buffers)


FORGERIES = {
    "object dtype": forged(["a", "|O", [1], "C"], b"\0" * 8),
    "shape that does not fit": forged(["a", "<i8", [10**9], "C"], b"\0" * 8),
    "negative shape": forged(["a", "<i8", [-1, -1], "C"], b"\0" * 8),
    "no such buffer": forged(["a", "<i8", [1], "C"]),
    "one buffer twice": forged(["l", [["by"], ["by"]]], b"x"),
    "a buffer left over": forged(None, b"x"),
    "unknown tag": forged(["pickle", "x"]),
    "dictionary node": forged({"a": 1}),
    "text beyond unicode": forged(["a", "<U1", [1], "C"], b"\xff\xff\xff\x7f"),
    "third boolean": forged(["a", "|b1", [1], "C"], b"\2"),
    "endless range": forged(["r", 0, 10**15, 1]),
    "endless index": forged(["Ri", 0, 10**15, 1, None]),
    "huge decimal": forged(["de", "1E999999999"]),
    "zone that is a path": forged(["tz", "../../etc/passwd"]),
    "offsets outside the text": forged(
        ["SA", ["large_string", 1, [False, True, True]], False],
        (0).to_bytes(8, "little") + (99).to_bytes(8, "little"),
        b"a",
    ),
    "arrow text that is not utf-8": forged(
        ["SA", ["large_string", 1, [False, True, True]], False],
        (0).to_bytes(8, "little") + (1).to_bytes(8, "little"),
        b"\xff",
    ),
    "arrow of nothing": forged(["AE", ["null", 10**9, [False]]]),
    "codes outside categories": forged(
        ["CA", ["a", "|i1", [1], "C"], ["Ix", ["ao", [1], ["x"]], None, None], False], b"\7"
    ),
    "colliding keys": forged(["d", [[["i", hex(k * (2**61 - 1))], 0] for k in range(200)]]),
    "ragged table": forged(["Df", ["Ri", 0, 2, 1, None], ["Ri", 0, 1, 1, None], [], ["d", []]]),
    "a list as an index": forged(["Se", ["a", "<i8", [1], "C"], ["l", []], None, ["d", []]], b"\0" * 8),
    "deep nesting": forged(json.loads("[" + '"l",[[' * 80 + '"t",[]' + "]]" * 80 + "]")),
    "deeper than the parser": HEADER.pack(MAGIC, 200_000) + b"[" * 200_000,
    "handle": forged(["H", 1, "f", True]),
    "header longer than the frame": HEADER.pack(MAGIC, 2**32 - 1) + b"{}",
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_frame_is_refused(name: str) -> None:
    with pytest.raises(ValuesError):
        decode(FORGERIES[name])


LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates() | st.datetimes()
TREES = st.recursive(
    LEAF,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(TREES)
def test_any_tree_of_plain_values_crosses(value: Any) -> None:
    assert same(value, decode(encode_untrusted(value)))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_only_raise_values_error(data: bytes) -> None:
    with pytest.raises(ValuesError):
        decode(data)


HONEST = [encode_untrusted(v) for v in VALUES]


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(HONEST), st.integers(0, 10**6), st.binary(min_size=1, max_size=4), st.booleans())
def test_a_damaged_frame_decodes_or_raises_values_error(frame: bytes, at: int, junk: bytes, insert: bool) -> None:
    at %= len(frame)
    damaged = frame[:at] + junk + frame[at + (0 if insert else len(junk)) :]
    try:
        decode(damaged)
    except ValuesError:
        pass


NODES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 2**40)
    | st.text(max_size=3)
    | st.sampled_from(["<i8", "C", "ns", "M", "string"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(
            st.sampled_from(sorted(__import__("digital_council.grading.values.core", fromlist=["x"]).DECODERS)),
            inner,
            inner,
            inner,
            inner,
        ).map(list)
        | st.tuples(
            st.sampled_from(["a", "ao", "Ix", "DT", "Df", "Se", "ts", "tz", "d"]), inner, inner, inner, inner
        ).map(list)
    ),
    max_leaves=15,
)


@settings(max_examples=600, deadline=None)
@given(NODES, st.lists(st.binary(max_size=24), max_size=3))
def test_any_well_formed_tree_decodes_or_raises_values_error(node: Any, buffers: list[bytes]) -> None:
    try:
        decode(forged(node, *buffers))
    except ValuesError:
        pass


def test_a_frame_of_many_small_parts_is_refused_before_it_is_read() -> None:
    text = json.dumps({"n": ["l", [[]] * 3_000_000], "b": []}, separators=(",", ":")).encode()
    frame = HEADER.pack(MAGIC, len(text)) + text
    with pytest.raises(TooLarge, match="too many parts"):
        decode(frame, Bounds(max_bytes=8 << 20))
