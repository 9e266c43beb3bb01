"""Columns of tables in the closed record: dates with zones, categories, nullable and Arrow-backed arrays.

Arrow data crosses as its raw buffers with a type from a closed list, is validated in full, and never as an IPC
stream: IPC bodies may be compressed, so a small frame could unpack into a bomb, and may name extension types.
"""

import re
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.core.arrays.masked import BaseMaskedArray

from .core import Decoder, Encoder, Json, ValuesError, decodes, encodes
from .plain import encode_zone, zone

FREQUENCY = re.compile(r"-?\d{0,6}[A-Za-z]{1,5}(-[A-Z]{3})?", re.ASCII)
UNITS = ("s", "ms", "us", "ns")
ARROW = {
    str(t): t
    for t in (
        *(pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32()),
        *(pa.uint64(), pa.float32(), pa.float64(), pa.string(), pa.large_string(), pa.binary(), pa.large_binary()),
        *(pa.date32(), pa.date64(), pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns")),
        *(kind(unit) for kind in (pa.timestamp, pa.duration) for unit in UNITS),
    )
}


def frequency(node: Json) -> str | None:
    """A pandas frequency by name, or none."""
    if node is not None and (type(node) is not str or not FREQUENCY.fullmatch(node)):
        raise ValuesError("a frequency has no known name")
    return node


@encodes(pd.Timestamp)
def _timestamp(encoder: Encoder, value: pd.Timestamp) -> Json:
    return ["ts", int(value.asm8.view("i8")), value.unit, encode_zone(encoder, value.tz)]


@encodes(pd.Timedelta)
def _timedelta(encoder: Encoder, value: pd.Timedelta) -> Json:
    return ["tdp", int(value.asm8.view("i8")), value.unit]


@encodes(pd.Period)
def _period(encoder: Encoder, value: pd.Period) -> Json:
    return ["pe", value.ordinal, value.freqstr]


@encodes(pd.Interval)
def _interval(encoder: Encoder, value: Any) -> Json:
    return ["iv", encoder.node(value.left), encoder.node(value.right), value.closed]


@encodes(type(pd.NaT), type(pd.NA))
def _missing(encoder: Encoder, value: Any) -> Json:
    return ["nat"] if value is pd.NaT else ["na"]


@encodes(pd.arrays.DatetimeArray)
def _dates(encoder: Encoder, value: Any) -> Json:
    return ["DT", encoder.node(value._ndarray), encode_zone(encoder, value.tz)]


@encodes(pd.arrays.TimedeltaArray)
def _durations(encoder: Encoder, value: Any) -> Json:
    return ["TD", encoder.node(value._ndarray)]


@encodes(pd.arrays.PeriodArray)
def _periods(encoder: Encoder, value: Any) -> Json:
    return ["PA", encoder.node(value._ndarray), value.freqstr]


@encodes(pd.arrays.IntervalArray)
def _intervals(encoder: Encoder, value: Any) -> Json:
    return ["IV", encoder.node(value.left), encoder.node(value.right), value.closed]


@encodes(pd.Categorical)
def _categories(encoder: Encoder, value: pd.Categorical) -> Json:
    return ["CA", encoder.node(np.asarray(value.codes)), encoder.node(value.categories), bool(value.ordered)]


@encodes(BaseMaskedArray)
def _nullable(encoder: Encoder, value: Any) -> Json:
    return ["NU", encoder.node(value._data), encoder.node(value._mask)]


@encodes(pd.arrays.NumpyExtensionArray)
def _numpy_backed(encoder: Encoder, value: Any) -> Json:
    return ["NP", encoder.node(value.to_numpy())]


@encodes(pd.arrays.StringArray)
def _python_strings(encoder: Encoder, value: Any) -> Json:
    return ["SP", encoder.node(list(value)), value.dtype.na_value is pd.NA]


@encodes(pd.arrays.ArrowStringArray)
def _arrow_strings(encoder: Encoder, value: Any) -> Json:
    return ["SA", _arrow(encoder, value._pa_array), value.dtype.na_value is pd.NA]


@encodes(pd.arrays.ArrowExtensionArray)
def _arrow_backed(encoder: Encoder, value: Any) -> Json:
    array = value._pa_array
    return ["AE", _arrow(encoder, array)] if str(array.type) in ARROW else encoder.opaque(value)


def _arrow(encoder: Encoder, chunked: pa.ChunkedArray) -> Json:
    encoder.charge(0 if chunked.nbytes <= encoder.bounds.max_bytes else chunked.nbytes)
    # take() copies: a slice would drag its parent's whole buffers, and its offset, across with it.
    array = chunked.take(pa.array(np.arange(len(chunked)))).combine_chunks()
    array = array if isinstance(array, pa.Array) else pa.concat_arrays(array.chunks)
    buffers = array.buffers()
    for buffer in buffers:
        if buffer is not None:
            encoder.buffer(buffer.to_pybytes())
    return [str(array.type), len(array), [b is not None for b in buffers]]


def _read_arrow(decoder: Decoder, node: Json) -> pa.ChunkedArray:
    kind, length, present = node
    if kind not in ARROW or type(length) is not int or not 0 <= length <= 8 * decoder.bounds.max_bytes:
        raise ValuesError("a column is of a kind that may not cross")
    buffers = [pa.py_buffer(bytes(decoder.buffer())) if p else None for p in present]
    array = pa.Array.from_buffers(ARROW[kind], length, buffers)
    array.validate()
    array.validate(full=True)
    return pa.chunked_array([array])


@decodes("ts")
def _read_timestamp(decoder: Decoder, node: Json) -> pd.Timestamp:
    stamp, where = pd.Timestamp(np.datetime64(node[1], _unit(node[2]))), zone(decoder, node[3])
    return stamp if where is None else stamp.tz_localize("UTC").tz_convert(where)


@decodes("tdp")
def _read_timedelta(decoder: Decoder, node: Json) -> pd.Timedelta:
    return pd.Timedelta(np.timedelta64(node[1], _unit(node[2])))


def _unit(node: Json) -> Any:
    if node not in UNITS:
        raise ValuesError("a date has an unknown unit")
    return node


@decodes("pe")
def _read_period(decoder: Decoder, node: Json) -> pd.Period:
    return pd.Period(ordinal=node[1], freq=frequency(node[2]))


@decodes("iv")
def _read_interval(decoder: Decoder, node: Json) -> Any:
    return pd.Interval(decoder.value(node[1]), decoder.value(node[2]), closed=node[3])


@decodes("nat", "na")
def _read_missing(decoder: Decoder, node: Json) -> Any:
    return pd.NaT if node[0] == "nat" else pd.NA


def _numbers(decoder: Decoder, node: Json, kind: str) -> np.ndarray[Any, Any]:
    array: np.ndarray[Any, Any] = decoder.of(node, np.ndarray)
    if array.ndim not in (1, 2) or array.dtype.kind not in kind:
        raise ValuesError("a column's data is of the wrong kind")
    return array


@decodes("DT")
def _read_dates(decoder: Decoder, node: Json) -> Any:
    index: Any = pd.DatetimeIndex(_numbers(decoder, node[1], "M"))
    where = zone(decoder, node[2])
    return (index if where is None else index.tz_localize("UTC").tz_convert(where))._values


@decodes("TD")
def _read_durations(decoder: Decoder, node: Json) -> Any:
    index: Any = pd.TimedeltaIndex(_numbers(decoder, node[1], "m"))
    return index._values


@decodes("PA")
def _read_periods(decoder: Decoder, node: Json) -> Any:
    kind: Any = pd.PeriodIndex
    return kind.from_ordinals(_numbers(decoder, node[1], "i"), freq=frequency(node[2]))._values


@decodes("IV")
def _read_intervals(decoder: Decoder, node: Json) -> Any:
    return pd.arrays.IntervalArray.from_arrays(decoder.value(node[1]), decoder.value(node[2]), closed=node[3])


@decodes("CA")
def _read_categories(decoder: Decoder, node: Json) -> pd.Categorical:
    codes, categories = _numbers(decoder, node[1], "i"), decoder.value(node[2])
    if not isinstance(categories, pd.Index) or type(node[3]) is not bool:
        raise ValuesError("categories are malformed")
    return pd.Categorical.from_codes(codes, categories, ordered=node[3])


@decodes("NU")
def _read_nullable(decoder: Decoder, node: Json) -> Any:
    data, mask = _numbers(decoder, node[1], "biuf"), _numbers(decoder, node[2], "b")
    kinds: dict[str, Any] = {"b": pd.arrays.BooleanArray, "f": pd.arrays.FloatingArray}
    if data.shape != mask.shape:
        raise ValuesError("a nullable column is malformed")
    if mask.any():
        decoder.odd()
    return kinds.get(data.dtype.kind, pd.arrays.IntegerArray)(data, mask)


@decodes("NP")
def _read_numpy_backed(decoder: Decoder, node: Json) -> Any:
    return pd.arrays.NumpyExtensionArray(decoder.of(node[1], np.ndarray))


@decodes("SP")
def _read_python_strings(decoder: Decoder, node: Json) -> Any:
    missing = pd.NA if node[2] else np.nan
    texts = [v if isinstance(v, str) else missing for v in decoder.of(node[1], list)]
    if any(text is pd.NA for text in texts):
        decoder.odd()
    return pd.array(np.array(texts, dtype=object), dtype=pd.StringDtype("python", na_value=missing))


@decodes("SA")
def _read_arrow_strings(decoder: Decoder, node: Json) -> Any:
    array = _read_arrow(decoder, node[1])
    if str(array.type) not in ("string", "large_string"):
        raise ValuesError("a column of text holds something else")
    if node[2] and array.null_count:
        decoder.odd()
    kind: Any = pd.arrays.ArrowStringArray
    return kind(array, dtype=pd.StringDtype("pyarrow", na_value=pd.NA if node[2] else np.nan))


@decodes("AE")
def _read_arrow_backed(decoder: Decoder, node: Json) -> Any:
    array = _read_arrow(decoder, node[1])
    if array.null_count:
        decoder.odd()
    return pd.arrays.ArrowExtensionArray(array)
