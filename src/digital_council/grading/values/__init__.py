"""The closed record: the only things that cross a sandbox's boundary, each with its exact type, never as code.

None, bool, int, float, complex, str, bytes, dates, Decimal, Fraction, UUID, the plain containers, numpy scalars and
arrays, pandas scalars, indexes, series and frames. Anything else crosses as `Opaque`, which says what it was.
`encode_untrusted` runs in the learner's process; `decode` trusts nothing and raises only `ValuesError`.
"""

import importlib
import sys
from collections.abc import Callable
from typing import Any

from . import arrays, core, plain
from .core import Bounds, Decoder, Encoder, Json, Opaque, TooLarge, ValuesError
from .fetching import fetched_untrusted, listed_untrusted

__all__ = [
    "Bounds",
    "Opaque",
    "TooLarge",
    "ValuesError",
    "decode",
    "encode_untrusted",
    "learn_tables",
    "listed_untrusted",
]

# Imported for what they register.
KINDS = (plain, arrays)


def learn_tables() -> None:
    """Register tables and their columns. It imports pandas, which is done once there is any need of it: here where
    a value may be one, and by whoever would not have the first learner wait."""
    importlib.import_module("digital_council.grading.values.tables")


core.LATER.append(learn_tables)


def encode_untrusted(
    value: Any, bounds: Bounds | None = None, refer: Callable[[Any], Json] | None = None, aliases: bool = False
) -> bytes:
    """A value as one frame; `refer` may give a node for what is not plain data, else it is opaque."""
    bounds = bounds or Bounds()
    try:
        value = fetched_untrusted(value)
        if "pandas" in sys.modules:  # else nothing here can be a table
            learn_tables()
        return Encoder(bounds, refer, aliases).frame(value)
    except ValuesError:
        raise
    except Exception as error:
        raise ValuesError(f"the value cannot cross: {type(error).__name__}") from error


def decode(
    data: bytes,
    bounds: Bounds | None = None,
    handle: Callable[[Json], Any] | None = None,
    aliases: bool = False,
    odd: Callable[[], object] = bool,
) -> Any:
    """The value of a frame, rebuilt from plain data; anything amiss raises ValuesError and nothing else. `odd` is
    called for values that answer a comparison with neither yes nor no."""
    bounds = bounds or Bounds()
    try:
        decoder = Decoder(data, bounds, handle, aliases, odd)
        value = decoder.value(decoder.root)
        if len(decoder.rest):
            raise ValuesError("a frame holds more than its value")
        return value
    except ValuesError:
        raise
    except Exception as error:  # numpy, pandas and Arrow refuse bad data each in their own way
        raise ValuesError(f"the frame is damaged: {type(error).__name__}") from error
