"""The judge's end of the line: what stands in a test cell for a learner's functions and objects.

It runs in the judge's own disposable sandbox, beside an author's test code and never beside a learner's. A function
may be called. A handle may be called, read, indexed, measured and iterated; it never compares and never claims a type,
because asking the learner's side whether two things are equal is asking for a yes.
"""

import builtins
import sys
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import numpy as np

from ..values import ValuesError
from .line import Line, carried, carry, iterates


class Uncrossable(BaseException):
    """Something that cannot be judged from outside; not an Exception, so that no test's `except` makes it a pass."""


class JudgeLine(Line):
    """The judge's end; `handles` is whether the author's own solution needed one in this cell."""

    handles = False
    met_handles = False
    random = False
    refused = ""  # what could not be judged in this cell, whatever the test has caught
    before_call: Callable[[], None] = staticmethod(lambda: None)

    def do_read(self, number: int, how: str, key: Any) -> Any:
        """The next item of an iterator; no attribute, for a generator's lead to its frame and that to everything."""
        if how != "next" or not iterates(self.kept[number]):
            raise PermissionError("a thing of the test's may be called or iterated and no more")
        return (next(self.kept[number]),)

    def refuse(self, why: str) -> NoReturn:
        """Give the cell up; a test that catches everything catches this too, and so it is noted."""
        self.refused = why
        raise Uncrossable(why)

    def odd(self) -> None:
        """Values that answer a comparison with neither yes nor no: as with a handle, the author's solution decides."""
        self.met_handles = True
        if not self.handles:
            self.refuse("the answer has masked or missing values, which answers to this cell do not have")

    def said(self, operation: str, *words: Any) -> tuple[Any, ...]:
        """The answer's words; what the learner's side raised is raised here."""
        try:
            message = self.ask(operation, *words)
        except ValuesError as error:
            self.refuse(f"the answer could not be read: {error}")
        if message[0] == "raised":
            raise rebuilt(message[1], message[2]) from None
        return tuple(message[1:])

    def call(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function of the learner's; arguments it changed are changed here too."""
        if not self.depth:
            self.before_call()
        said = self.said("call", number, args, kwargs, carried() if self.random else None)
        result, new_args, new_kwargs, state, printed = said
        carry(state if self.random else None)
        for channel, text in printed:
            (sys.stderr if channel == "stderr" else sys.stdout).write(str(text))
        return self.update(args, kwargs, new_args, new_kwargs, result)

    def update(self, args: Any, kwargs: Any, new_args: Any, new_kwargs: Any, result: Any) -> Any:
        """Bring changes home; a result that is one of the arguments is that very argument."""
        if type(new_args) is not tuple or type(new_kwargs) is not dict:
            self.refuse("an answer is malformed")
        pairs = list(zip(args, new_args, strict=False)) + [(kwargs[k], new_kwargs.get(k)) for k in kwargs]
        for old, new in pairs:
            bring_home(old, new)
        return next((old for old, new in pairs if new is result and mutable(new)), result)


def mutable(value: Any) -> bool:
    kind = type(value)
    return kind in (list, dict, set, bytearray, np.ndarray) or is_table(kind)


def is_table(kind: type) -> bool:
    """Whether a type is one of pandas' tables; while pandas is not imported there is none."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and kind in (pandas.DataFrame, pandas.Series)


def bring_home(old: Any, new: Any) -> None:
    """Make an argument what the learner's side has made of it, in place."""
    if type(old) is not type(new) or not mutable(old):
        return
    if type(old) is list:
        old[:] = new
    elif type(old) in (dict, set):
        old.clear()
        old.update(new)
    elif type(old) is bytearray:
        old[:] = new
    elif type(old) is np.ndarray:
        if old.shape == new.shape and old.dtype == new.dtype and old.flags.writeable:
            old[...] = new
    else:
        old._mgr = new._mgr


def rebuilt(record: Any, args: Any) -> Exception:
    """The learner's error as one of the same name, of the nearest kind that everybody has."""
    names = [str(n) for n in [record.get("type"), *record.get("bases", [])]] if type(record) is dict else []
    base: type[Exception] = Exception
    for name in names:
        known = np.linalg.LinAlgError if name == "LinAlgError" else getattr(builtins, name, None)
        if isinstance(known, type) and issubclass(known, Exception):
            base = known
            break
    kind = base if not names or base.__name__ == names[0] else type(names[0][:80], (base,), {})
    words = args if type(args) is tuple and args else (str(record.get("message", "")),) if names else ()
    try:
        error: Exception = kind(*words)
    except Exception:
        error = Exception(*words)
    return error


def stand_in(line: Any, met: Any) -> Any:
    """A function for a function; a handle for anything else, where the author's own solution needed one."""
    number, type_name, kind = met
    if kind == "function":
        return function(line, number, type_name)
    line.met_handles = True
    if not line.handles:
        line.refuse(f"the answer is of a kind that cannot be checked here: {type_name}")
    return Handle(line, number, type_name)


def function(line: JudgeLine, number: int, name: str) -> Callable[..., Any]:
    """A plain function that calls the learner's."""

    def learners_function(*args: Any, **kwargs: Any) -> Any:
        return line.call(number, args, kwargs)

    learners_function.council_number = number  # type: ignore[attr-defined]
    return learners_function


class Handle:
    """A thing of the learner's that stays where it is."""

    __slots__ = ("council_number", "line", "type_name")

    def __init__(self, line: JudgeLine, number: int, type_name: str) -> None:
        self.line, self.council_number, self.type_name = line, number, type_name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.line.call(self.council_number, args, kwargs)

    def _read(self, how: str, key: Any = None) -> Any:
        return self.line.said("read", self.council_number, how, key)[0]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._read("attribute", name)

    def __getitem__(self, key: Any) -> Any:
        return self._read("item", key)

    def __len__(self) -> int:
        return int(self._read("length"))

    def __bool__(self) -> bool:
        return bool(self._read("truth"))

    def __iter__(self) -> Iterator[Any]:
        met = self._read("iterator")
        if not isinstance(met, Handle):
            self.line.refuse("an iterator could not be read")
        return Handle(self.line, met.council_number, "iterator")

    def __next__(self) -> Any:
        return self._read("next")

    def __repr__(self) -> str:
        return str(self._read("text"))

    def _refuse(self, other: object) -> NoReturn:
        self.line.refuse(f"a {self.type_name} of the learner's cannot be compared here")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = _refuse
    __hash__ = None  # type: ignore[assignment]
