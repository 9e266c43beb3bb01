"""Tables in the closed record: indexes, series and frames, column by column, with their exact dtypes."""

from typing import Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from .columns import frequency
from .core import Decoder, Encoder, Json, ValuesError, decodes, encodes


@encodes(pd.RangeIndex)
def _range_index(encoder: Encoder, value: pd.RangeIndex) -> Json:
    if len(value) > encoder.bounds.max_length:
        return encoder.opaque(value)
    return ["Ri", value.start, value.stop, value.step, encoder.node(value.name)]


@encodes(pd.MultiIndex)
def _multi_index(encoder: Encoder, value: pd.MultiIndex) -> Json:
    levels = [encoder.node(level) for level in value.levels]
    codes = [encoder.node(np.asarray(c)) for c in value.codes]
    return ["Mi", levels, codes, [encoder.node(n) for n in value.names]]


@encodes(pd.Index)
def _index(encoder: Encoder, value: Any) -> Json:
    freq = getattr(value, "freqstr", None) if isinstance(value, pd.DatetimeIndex | pd.TimedeltaIndex) else None
    return ["Ix", encoder.node(value._values), freq, encoder.node(value.name)]


@encodes(pd.Series)
def _series(encoder: Encoder, value: Any) -> Json:
    manager = object.__getattribute__(value, "_mgr")
    # _name is where pandas keeps it; the property of a subclass may be the learner's own.
    name = object.__getattribute__(value, "_name")
    attrs = encoder.node(dict(object.__getattribute__(value, "_attrs")))
    values = encoder.node(manager.internal_values())
    return ["Se", values, encoder.node(manager.index), encoder.node(name), attrs]


@encodes(pd.DataFrame)
def _frame(encoder: Encoder, value: Any) -> Json:
    manager = object.__getattribute__(value, "_mgr")
    columns, rows = manager.axes
    cells = [encoder.node(manager.iget_values(i)) for i in range(len(columns))]
    attrs = encoder.node(dict(object.__getattribute__(value, "_attrs")))
    return ["Df", encoder.node(columns), encoder.node(rows), cells, attrs]


@decodes("Ri")
def _read_range_index(decoder: Decoder, node: Json) -> pd.RangeIndex:
    ends = range(*(decoder.of(n, int) for n in node[1:4]))
    if len(ends) > decoder.bounds.max_length:
        raise ValuesError("an index is too long")
    return pd.RangeIndex(ends, name=decoder.value(node[4]))


@decodes("Mi")
def _read_multi_index(decoder: Decoder, node: Json) -> pd.MultiIndex:
    levels = [_index_of(decoder, n) for n in node[1]]
    codes = [decoder.of(n, np.ndarray) for n in node[2]]
    names = [decoder.value(n) for n in node[3]]
    return pd.MultiIndex(levels=levels, codes=codes, names=names, verify_integrity=True)


@decodes("Ix")
def _read_index(decoder: Decoder, node: Json) -> Any:
    values = _column(decoder, node[1])
    if values.ndim != 1:
        raise ValuesError("an index has more than one dimension")
    index: Any = pd.Index(values, dtype=values.dtype, name=decoder.value(node[3]), copy=False)
    freq = frequency(node[2])
    if freq is not None and type(index) in (pd.DatetimeIndex, pd.TimedeltaIndex):
        index.freq = freq
    return index


def _index_of(decoder: Decoder, node: Json) -> Any:
    value = decoder.value(node)
    if not isinstance(value, pd.Index):
        raise ValuesError("a table's index is something else")
    return value


def _column(decoder: Decoder, node: Json) -> Any:
    value = decoder.value(node)
    if not isinstance(value, np.ndarray | ExtensionArray):
        raise ValuesError("a table's column is something else")
    return value


def _attrs(value: Any, attrs: Any) -> Any:
    if type(attrs) is not dict:
        raise ValuesError("a table's notes are something else")
    if attrs:
        value.attrs = attrs
    return value


# Below, parts are read in the order in which they were written: buffers are consumed in that order.
@decodes("Se")
def _read_series(decoder: Decoder, node: Json) -> Any:
    _, values_node, index_node, name_node, attrs_node = node
    attrs, values = decoder.value(attrs_node), _column(decoder, values_node)
    index, name = _index_of(decoder, index_node), decoder.value(name_node)
    return _attrs(pd.Series(values, index=index, name=name, dtype=values.dtype, copy=False), attrs)


@decodes("Df")
def _read_frame(decoder: Decoder, node: Json) -> Any:
    _, columns_node, rows_node, cells_node, attrs_node = node
    cells, attrs = [_column(decoder, n) for n in cells_node], decoder.value(attrs_node)
    columns, rows = _index_of(decoder, columns_node), _index_of(decoder, rows_node)
    if len(cells) != len(columns) or any(c.ndim != 1 or len(c) != len(rows) for c in cells):
        raise ValuesError("a table's columns do not fit its index")
    frame = pd.DataFrame(dict(enumerate(cells)), index=rows, copy=False)
    frame.columns = columns
    return _attrs(frame, attrs)
