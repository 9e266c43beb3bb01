"""Arrays in the closed record: numpy scalars and arrays as raw buffers, object arrays element by element."""

import math
import re
from typing import Any, Literal

import numpy as np

from .core import Decoder, Encoder, Json, ValuesError, decodes, encodes

DTYPE = re.compile(r"[<>|=]?([biufcSUMm])(\d{0,9})(\[\d{0,9}\w{1,7}\])?", re.ASCII)
MAX_CODE_POINT = 0x10FFFF


def encode_dtype(dtype: np.dtype[Any]) -> Json:
    """A dtype of the allow-list as text or, with fields, as a list; None for any other."""
    if dtype.names is not None and dtype.fields is not None:
        fields = [[name, encode_dtype(dtype.fields[name][0])] for name in dtype.names]
        packed = dtype.itemsize == sum(dtype.fields[name][0].itemsize for name in dtype.names)
        return fields if packed and all(isinstance(kind, str) for _, kind in fields) else None
    return dtype.str if dtype.subdtype is None and DTYPE.fullmatch(dtype.str) and dtype.itemsize else None


def read_dtype(node: Json) -> np.dtype[Any]:
    """The dtype of a node; anything outside the allow-list is refused before numpy reads it."""
    if isinstance(node, list):
        names = [(str(name), read_dtype(kind)) for name, kind in node if isinstance(kind, str)]
        if len(names) != len(node) or not names:
            raise ValuesError("a structured array is malformed")
        return np.dtype(names)
    if not isinstance(node, str) or not DTYPE.fullmatch(node):
        raise ValuesError("an array has a dtype that may not cross")
    dtype = np.dtype(node)
    if dtype.itemsize == 0 or dtype.hasobject:
        raise ValuesError("an array has a dtype that may not cross")
    return dtype


@encodes(np.ndarray)
def encode_array(encoder: Encoder, value: Any) -> Json:
    array = np.ndarray.view(value, np.ndarray)
    if array.dtype == object:
        if array.ndim != 1 or not array.flags.c_contiguous:
            array = np.ravel(array)
        encoder.charge(8 * array.size)
        return ["ao", list(np.shape(np.ndarray.view(value, np.ndarray))), [encoder.node(v) for v in array]]
    dtype = encode_dtype(array.dtype)
    if dtype is None:
        return encoder.opaque(value)
    encoder.charge(0 if array.nbytes <= encoder.bounds.max_bytes else array.nbytes)
    order: Literal["C", "F"] = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    encoder.buffer(array.tobytes(order))
    return ["a", dtype, list(array.shape), order]


@encodes(np.ma.MaskedArray)
def _masked(encoder: Encoder, value: Any) -> Json:
    if value is np.ma.masked:
        return ["mm"]
    return ["ma", encoder.node(np.ma.getdata(value)), encoder.node(np.ma.getmaskarray(value))]


@encodes(np.generic, np.str_, np.bytes_)
def _scalar(encoder: Encoder, value: Any) -> Json:
    array = np.empty((), dtype=value.dtype)
    array[()] = value
    node = encode_array(encoder, array)
    return ["g", node] if node[0] == "a" else node


@encodes(np.dtype, *(type(np.dtype(k)) for k in "?bhilBHILefdFDOSUMm"))
def _dtype(encoder: Encoder, value: np.dtype[Any]) -> Json:
    dtype = "O" if value.hasobject else encode_dtype(value)
    return encoder.opaque(value) if dtype is None else ["dy", dtype]


def _shape(node: Json, size: int) -> tuple[int, ...]:
    if len(node) > 32 or any(type(n) is not int or not 0 <= n < 2**31 for n in node):
        raise ValuesError("an array has an impossible shape")
    if math.prod(node) != size:
        raise ValuesError("an array's shape does not fit its data")
    return tuple(node)


def _check_contents(flat: np.ndarray[Any, Any]) -> None:
    """Refuse what no honest array holds: booleans that are neither, text beyond Unicode."""
    if flat.dtype.kind == "b" and flat.size and flat.view(np.uint8).max() > 1:
        raise ValuesError("an array of booleans holds something else")
    if flat.dtype.kind == "U" and flat.size:
        points = flat.view(flat.dtype.str[0].replace("|", "=") + "u4")
        if points.max() > MAX_CODE_POINT:
            raise ValuesError("an array of text holds something else")
    for name in flat.dtype.names or ():
        _check_contents(np.ascontiguousarray(flat[name]))


@decodes("a")
def read_array(decoder: Decoder, node: Json) -> np.ndarray[Any, Any]:
    _, kind, shape, order = node
    dtype = read_dtype(kind)
    data = decoder.buffer()
    if len(data) % dtype.itemsize or order not in ("C", "F"):
        raise ValuesError("an array's data does not fit its dtype")
    flat = np.frombuffer(data, dtype=dtype).copy()
    _check_contents(flat)
    return flat.reshape(_shape(shape, flat.size), order=order)


@decodes("ao")
def _read_objects(decoder: Decoder, node: Json) -> np.ndarray[Any, Any]:
    _, shape, items = node
    array = np.empty(len(items), dtype=object)
    for i, item in enumerate(items):
        array[i] = decoder.value(item)
    return array.reshape(_shape(shape, len(items)))


@decodes("mm")
def _read_masked_constant(decoder: Decoder, node: Json) -> Any:
    decoder.odd()
    return np.ma.masked


@decodes("ma")
def _read_masked(decoder: Decoder, node: Json) -> Any:
    data, mask = decoder.of(node[1], np.ndarray), decoder.of(node[2], np.ndarray)
    if mask.dtype != bool or mask.shape != data.shape:
        raise ValuesError("a masked array is malformed")
    decoder.odd()
    return np.ma.MaskedArray(data, mask)


@decodes("g")
def _read_scalar(decoder: Decoder, node: Json) -> Any:
    array = decoder.of(node[1], np.ndarray)
    if array.shape != ():
        raise ValuesError("a scalar is not one")
    return array[()]


@decodes("dy")
def _read_dtype_itself(decoder: Decoder, node: Json) -> np.dtype[Any]:
    return np.dtype(object) if node[1] == "O" else read_dtype(node[1])
