"""The frame of the closed record: a tree of tagged JSON nodes, and raw buffers that follow it.

The encoding half runs beside learner code and is trusted with nothing. The decoding half trusts nothing it reads:
every length, depth, shape and tag is checked, a buffer is consumed once and in order (so that a small frame cannot
name a large buffer many times), and nothing in a frame can name code to run.
"""

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Json = Any

MAGIC = b"DCV1"
HEADER = struct.Struct("<4sI")
MARKS = (b",", b"[", b"{")
MOST_NODES = 8 << 20  # half a gigabyte when read, at the worst
LEAVES = frozenset({type(None), bool, int, float, str})
SMALL_INT = 1 << 63
SINGLE = frozenset({tuple, range, slice, complex, bytes, type(...)})  # no identity worth keeping


class ValuesError(Exception):
    """A value cannot cross, or a frame is not one of ours; the text says which limit or rule it broke."""


class TooLarge(ValuesError):
    """The value is honest but larger than the policy's `value_mb`."""


@dataclass(frozen=True)
class Bounds:
    """How large a value may be before it is refused on both sides."""

    max_bytes: int = 16 << 20
    max_depth: int = 60
    max_int_bits: int = 13_000  # about 3,900 digits: Python refuses to print an integer of more than 4,300

    @property
    def max_length(self) -> int:
        """The longest range or index that is stored as its ends alone."""
        return max(self.max_bytes // 8, 1)


@dataclass(frozen=True, eq=False)
class Opaque:
    """Stands for something that is not plain data: it says what it was, and equals nothing but itself."""

    type_name: str
    callable: bool = False


ENCODERS: dict[type, Callable[["Encoder", Any], Json]] = {}
DECODERS: dict[str, Callable[["Decoder", Any], Any]] = {}
LATER: list[Callable[[], None]] = []  # what registers more decoders, when a tag is met that none is known for


def encodes(*kinds: type) -> Callable[[Callable[["Encoder", Any], Json]], Callable[["Encoder", Any], Json]]:
    """Register the encoder of some types and of their subclasses that have none of their own."""

    def register(function: Callable[["Encoder", Any], Json]) -> Callable[["Encoder", Any], Json]:
        for kind in kinds:
            ENCODERS[kind] = function
        return function

    return register


def decodes(*tags: str) -> Callable[[Callable[["Decoder", Any], Any]], Callable[["Decoder", Any], Any]]:
    """Register the decoder of some tags."""

    def register(function: Callable[["Decoder", Any], Any]) -> Callable[["Decoder", Any], Any]:
        for tag in tags:
            DECODERS[tag] = function
        return function

    return register


def decoder_of(tag: str) -> Callable[["Decoder", Any], Any] | None:
    """The decoder of a tag, if there is one."""
    if tag not in DECODERS:
        for learn in LATER:
            learn()
    return DECODERS.get(tag)


def type_name(value: object) -> str:
    """The name of a value's class, however odd, as short printable text."""
    name = str(getattr(type(value), "__qualname__", "object"))[:80]
    return "".join(c if c.isprintable() else "?" for c in name)


class Encoder:
    """Turns one value into nodes and buffers, counting what they will weigh."""

    def __init__(self, bounds: Bounds, refer: Callable[[Any], Json] | None = None, aliases: bool = False) -> None:
        self.bounds = bounds
        self.refer = refer
        # Only for a decoder that may be handed a web of shared lists: comparing one can take for ever.
        self.seen: dict[int, tuple[int, Any]] | None = {} if aliases else None
        self.buffers: list[bytes] = []
        self.weight = 0
        self.depth = 0

    def charge(self, size: int) -> None:
        self.weight += size
        if self.weight > self.bounds.max_bytes:
            raise TooLarge(f"the value is larger than {self.bounds.max_bytes >> 20} MB")

    def buffer(self, data: bytes) -> None:
        self.charge(len(data))
        self.buffers.append(data)

    def opaque(self, value: object) -> Json:
        if self.refer is not None:
            return self.refer(value)
        return ["?", type_name(value), bool(callable(value))]

    def node(self, value: Any) -> Json:
        kind = type(value)
        self.charge(8)
        if kind is int:
            return self.integer(value)
        if kind is str:
            self.charge(len(value))
            return value
        if kind in LEAVES:
            return value
        encoder = ENCODERS.get(kind) or self.inherited(kind)
        if encoder is None or self.depth >= self.bounds.max_depth:
            return self.opaque(value)
        self.depth += 1
        try:
            return encoder(self, value) if self.seen is None or kind in SINGLE else self.shared(encoder, value)
        finally:
            self.depth -= 1

    def shared(self, encoder: Callable[["Encoder", Any], Json], value: Any) -> Json:
        """A node that keeps its identity: met again, it is a reference to the first."""
        if self.seen is None:
            raise ValuesError("this frame keeps no identities")
        if id(value) in self.seen:
            return ["=", self.seen[id(value)][0]]
        number = len(self.seen)
        self.seen[id(value)] = (number, value)
        return ["&", number, encoder(self, value)]

    @staticmethod
    def inherited(kind: type) -> Callable[["Encoder", Any], Json] | None:
        # type.__mro__ is read from `type` itself: a metaclass may lie about it.
        for base in type.__dict__["__mro__"].__get__(kind):
            if base in ENCODERS:
                return ENCODERS[base]
        return None

    def integer(self, value: int) -> Json:
        if -SMALL_INT <= value < SMALL_INT:
            return value
        if value.bit_length() > self.bounds.max_int_bits:
            return ["?", "int", False]
        self.charge(value.bit_length() // 4)
        return ["i", hex(value)]

    def frame(self, value: Any) -> bytes:
        node = self.node(value)
        head = {"n": node, "b": [len(b) for b in self.buffers]}
        text = json.dumps(head, separators=(",", ":"), ensure_ascii=True).encode()
        self.charge(max(len(text) - self.weight, 0))
        return b"".join([HEADER.pack(MAGIC, len(text)), text, *self.buffers])


class Decoder:
    """Rebuilds one value from a frame, checking everything it reads."""

    def __init__(
        self,
        data: bytes,
        bounds: Bounds,
        handle: Callable[[Any], Any] | None = None,
        aliases: bool = False,
        odd: Callable[[], object] = bool,
    ) -> None:
        self.bounds = bounds
        self.handle, self.odd = handle, odd
        self.seen: dict[int, Any] | None = {} if aliases else None
        self.depth = 0
        # Twice the bound: escapes and tags make a frame's text longer than what was charged for it.
        if len(data) > 2 * bounds.max_bytes + (1 << 16):
            raise TooLarge(f"the value is larger than {bounds.max_bytes >> 20} MB")
        magic, size = HEADER.unpack_from(data)
        if magic != MAGIC or HEADER.size + size > len(data):
            raise ValuesError("not a frame of values")
        text = data[HEADER.size : HEADER.size + size]
        # Three bytes of text make an object of sixty: what is counted here bounds the memory that reading it takes.
        if sum(map(text.count, MARKS)) > min(bounds.max_bytes // 2, MOST_NODES):
            raise TooLarge("the value has too many parts")
        head = json.loads(text.decode())
        self.root = head["n"]
        self.rest = memoryview(data)[HEADER.size + size :]
        self.lengths = iter(head["b"])
        if any(type(n) is not int or n < 0 for n in head["b"]) or sum(head["b"]) != len(self.rest):
            raise ValuesError("the buffers do not have the announced lengths")

    def buffer(self) -> memoryview:
        """The next buffer; a frame that asks for more than it brought is refused."""
        size = next(self.lengths, None)
        if size is None:
            raise ValuesError("a buffer is missing")
        data, self.rest = self.rest[:size], self.rest[size:]
        return data

    def value(self, node: Json) -> Any:
        if type(node) is not list:
            if type(node) not in LEAVES:
                raise ValuesError("a node is not tagged")
            return node
        if self.depth >= self.bounds.max_depth + 4:
            raise ValuesError("the value is nested too deeply")
        tag = node[0]
        decoder = decoder_of(tag) if type(tag) is str else None
        if decoder is None:
            raise ValuesError("a node has an unknown tag")
        self.depth += 1
        try:
            return decoder(self, node)
        finally:
            self.depth -= 1

    def of(self, node: Json, *kinds: type) -> Any:
        """The value of a node that must be exactly one of some types."""
        value = self.value(node)
        if type(value) not in kinds:
            raise ValuesError(f"a node holds {type_name(value)} where it may not")
        return value


@decodes("?")
def _opaque(decoder: Decoder, node: Json) -> Opaque:
    _, name, can_call = node
    if type(name) is not str or type(can_call) is not bool:
        raise ValuesError("an opaque node is malformed")
    return Opaque("".join(c for c in name[:80] if c.isprintable()), can_call)


@decodes("&", "=")
def _shared(decoder: Decoder, node: Json) -> Any:
    if decoder.seen is None or type(node[1]) is not int:
        raise ValuesError("a shared value is not allowed here")
    if node[0] == "&":
        decoder.seen[node[1]] = decoder.value(node[2])
    return decoder.seen[node[1]]


@decodes("H")
def _handle(decoder: Decoder, node: Json) -> Any:
    if decoder.handle is None:
        raise ValuesError("a handle is not allowed here")
    return decoder.handle(node)
