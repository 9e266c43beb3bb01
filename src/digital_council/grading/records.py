"""What a session says, rebuilt from plain values: nothing of the child's is passed on as it came."""

from dataclasses import dataclass
from typing import Any

SHOWN = ("text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/jpeg", "image/svg+xml")
MOST_OUTPUTS = 500


def clean(text: object, longest: int = 300) -> str:
    """Printable text of bounded length that every store can hold."""
    whole = str(text)[: longest + 1].encode("utf-8", "replace").decode().replace("\0", "")
    return whole if len(whole) <= longest else whole[: longest - 1] + "…"


@dataclass(frozen=True)
class CellError:
    """An error raised in a learner's code, as data."""

    type_name: str
    message: str
    bases: tuple[str, ...] = ()
    cell: str | None = None
    line: int | None = None
    source: str = ""
    trace: tuple[tuple[str, int, str], ...] = ()
    near: tuple[str, ...] = ()

    @classmethod
    def from_untrusted(cls, record: Any) -> "CellError":
        """Whatever the child sent, as an error record."""
        if type(record) is not dict:
            return cls("Error", "")
        line = record.get("line")
        return cls(
            clean(record.get("type", "Error"), 80),
            clean(record.get("message", ""), 1000),
            tuple(clean(b, 80) for b in _items(record.get("bases"), 20)),
            clean(record["cell"], 80) if type(record.get("cell")) is str else None,
            line if type(line) is int and 0 < line < 100_000 else None,
            clean(record.get("source") or "", 200),
            tuple(step for step in map(_step, _items(record.get("trace"), 8)) if step),
            tuple(clean(n, 80) for n in _items(record.get("near"), 3)),
        )


def _items(value: Any, most: int) -> list[Any]:
    return value[:most] if type(value) is list else []


def _step(step: Any) -> tuple[str, int, str] | None:
    if type(step) is not list or len(step) != 3 or type(step[1]) is not int:
        return None
    return clean(step[0], 80), step[1], clean(step[2], 200)


def outputs_from_untrusted(records: Any, limit: int) -> list[dict[str, Any]]:
    """nbformat outputs, of the kinds and mime types that are shown, and no larger than the limit."""
    found: list[dict[str, Any]] = []
    for record in _items(records, MOST_OUTPUTS):
        output = _output(record, limit)
        if output is None:
            continue
        limit -= sum(len(t) for t in output.get("data", {}).values()) + len(output.get("text", ""))
        if limit < -1000:
            break
        found.append(output)
    return found


def _output(record: Any, limit: int) -> dict[str, Any] | None:
    if type(record) is not dict:
        return None
    kind = record.get("output_type")
    if kind == "stream":
        name = "stderr" if record.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": clean(record.get("text", ""), max(limit, 0) + 100)}
    if kind not in ("display_data", "execute_result") or type(record.get("data")) is not dict:
        return None
    data = {mime: record["data"][mime] for mime in SHOWN if type(record["data"].get(mime)) is str}
    if not data:
        return None
    output = {"output_type": kind, "data": {m: clean(t, max(limit, 0) + 100) for m, t in data.items()}, "metadata": {}}
    count = record.get("execution_count")
    return output | {"execution_count": count if type(count) is int else None} if kind == "execute_result" else output
