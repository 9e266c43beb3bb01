"""The line between the process that judges test cells and the one that runs the learner's: calls both ways, as data.

Both ends are the same: each may ask the other to call, read or set, also while it is itself being asked, so that a
callback of a test may call the learner's function again. What is not plain data crosses as a number: the end that made
it keeps the thing, the other gets whatever `stand_in` makes of the number.
"""

import random
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors_untrusted import error_record_untrusted
from ..values import Bounds, ValuesError, decode, encode_untrusted

PLAIN_FUNCTIONS = frozenset({type(lambda: 0), type(len)})
KINDS = "back", "function", "iterator", "handle"
MOST_CALLS = 200_000
DEEPEST = 40


class Line:
    """One end. `exchange` sends a frame and returns the next one from the other end."""

    def __init__(
        self, exchange: Callable[[bytes], bytes], bounds: Bounds, stand_in: Callable[["Line", Any], Any]
    ) -> None:
        self.exchange, self.bounds, self.stand_in = exchange, bounds, stand_in
        self.kept: dict[int, Any] = {}
        self.numbers: dict[int, int] = {}
        self.calls = self.depth = 0

    # What crosses

    def refer(self, value: Any) -> Any:
        """The node of a thing that stays here; a stand-in goes home as the number it came with."""
        home = getattr(value, "council_number", None)
        if type(home) is int:
            return ["H", home, "", "back"]
        number = self.numbers.get(id(value))
        if number is None:
            number = self.numbers[id(value)] = len(self.kept) + 1
            self.kept[number] = value
        kind = "function" if type(value) in PLAIN_FUNCTIONS else "iterator" if iterates(value) else "handle"
        return ["H", number, str(type(value).__name__)[:80], kind]

    def met(self, node: Any) -> Any:
        """What a number of the other end stands for here."""
        _, number, type_name, kind = node
        if type(number) is not int or type(type_name) is not str or kind not in KINDS:
            raise ValuesError("a handle is malformed")
        return self.kept[number] if kind == "back" else self.stand_in(self, (number, type_name, kind))

    def pack(self, value: Any) -> bytes:
        return encode_untrusted(value, self.bounds, self.refer, aliases=True)

    def open(self, frame: bytes) -> Any:
        return decode(frame, self.bounds, self.met, aliases=True, odd=self.odd)

    def odd(self) -> None:
        """Told of missing and masked values as they are met."""

    # Asking

    def ask(self, operation: str, *words: Any) -> Any:
        """Ask the other end and return what it says; meanwhile answer what it asks."""
        self.calls += 1
        if self.calls > MOST_CALLS or self.depth > DEEPEST:
            raise ValuesError("too many calls, or calls within calls")
        frame = self.exchange(self.pack(("ask", operation, words)))
        while True:
            message = self.open(frame)
            if type(message) is not tuple or not message:
                raise ValuesError("an answer is malformed")
            if message[0] != "ask":
                return message
            frame = self.exchange(self.answer(message))

    # Answering

    def answer(self, message: Any) -> bytes:
        """The frame that answers one request of the other end."""
        _, operation, words = message
        self.depth += 1
        try:
            reply: Any = ("said", *getattr(self, f"do_{operation}")(*words))
        except Exception as error:
            reply = raised(error)
        finally:
            self.depth -= 1
        try:
            return self.pack(reply)
        except ValuesError as error:
            return self.pack(("raised", {"type": "ValueError", "bases": ["ValueError"], "message": str(error)}, ()))

    def do_call(self, number: int, args: Any, kwargs: Any, state: Any) -> Any:
        """Call a kept thing; arguments go back with the result, so that changes and identity survive."""
        carry(state)
        result = self.kept[number](*args, **kwargs)
        return result, args, kwargs, carried() if state is not None else None

    def do_read(self, number: int, how: str, key: Any) -> Any:
        """Read an attribute, an item, the length, the truth or the next item of a kept thing."""
        thing = self.kept[number]
        if how == "attribute":
            if type(key) is not str or key.startswith("_"):
                raise AttributeError(key)
            return (getattr(thing, key),)
        readers: dict[str, Callable[[], Any]] = {
            "item": lambda: thing[key],
            "length": lambda: len(thing),
            "truth": lambda: bool(thing),
            "iterator": lambda: iter(thing),
            "next": lambda: next(thing),
            "text": lambda: str(thing),
        }
        return (readers[how](),)


def iterates(value: Any) -> bool:
    """Whether a thing gives its items one by one, and only once."""
    return hasattr(type(value), "__next__")


def raised(error: BaseException) -> tuple[Any, ...]:
    """An error as a message: its record, and its arguments as data."""
    record = error_record_untrusted(error, near=False)
    args = tuple(a for a in error.args if type(a) in (int, float, str, bool, type(None))) if error.args else ()
    return ("raised", record, args)


def carried() -> Any:
    """The state of both random generators, as data."""
    kind, keys, place, has, cached = np.random.get_state()  # type: ignore[misc]
    return random.getstate(), (kind, keys, place, has, cached)


def carry(state: Any) -> None:
    """Go on from a state of the other end's generators."""
    if state is not None:
        random.setstate(state[0])
        np.random.set_state(state[1])
