"""The page's own files: Voila's front end, its widgets, our style and script, each kept by browsers for good.

Stock Voila has a browser ask for some ninety files at every view. Here the address holds a fingerprint of everything,
so none is asked for twice, and the sixty pieces that every page needs come as one.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from tornado.web import HTTPError, RequestHandler

BUNDLE, STYLE, OURS = "voila.js", "voila-style.js", ("app.css", "app.js")
WIDGETS = "@jupyter-widgets/jupyterlab-manager"
EXTENSIONS = (WIDGETS, "@voila-dashboards/widgets-manager8")
_PIECE = re.compile(r"\b[a-z]\.e\((\d+)\)")
MATHS = "async typeset(e){try{await this._ensureInitialized()}"
"""Where the front end fetches a megabyte for formulas, at every view; ours first looks whether there is one."""
FOREVER = "public, max-age=31536000, immutable"


class Assets:
    """Files of the front end, by their address below the fingerprint; read and packed once."""

    def __init__(self, ours: Path, static: Iterable[Path], extensions: Iterable[Path]) -> None:
        self.ours = ours
        self.static, self.extensions = tuple(static), tuple(extensions)
        self._read: dict[str, tuple[bytes, bytes]] = {}

    @cached_property
    def version(self) -> str:
        """Of everything that pages load; another version has other addresses."""
        digest = hashlib.sha256()
        for name in (f"static/{BUNDLE}", f"static/{STYLE}", *OURS, *self.entries):
            digest.update(self.content(name)[0])
        return digest.hexdigest()[:12]

    @cached_property
    def entries(self) -> tuple[str, ...]:
        """The first file of each extension, which pages ask for anyway: they are told at once."""
        found = (path for name in EXTENSIONS for root in self.extensions for path in _entries(root, name))
        return tuple(dict.fromkeys(f"labextensions/{path}" for path in found))

    def content(self, name: str) -> tuple[bytes, bytes]:
        """A file, and it packed; raises FileNotFoundError for what pages have no need of."""
        if name not in self._read:
            plain = self._bundle() if name == f"static/{BUNDLE}" else self._path(name).read_bytes()
            self._read[name] = plain, gzip.compress(plain, 6)
        return self._read[name]

    def _bundle(self) -> bytes:
        """The start of Voila's front end, after every piece that it would ask for next."""
        start = self._path(f"static/{BUNDLE}").read_text(encoding="utf-8")
        pieces = []
        for number in dict.fromkeys(_PIECE.findall(start)):
            try:
                pieces.append(self._path(f"static/{number}.{BUNDLE}").read_text(encoding="utf-8"))
            except FileNotFoundError:  # a number without a file: a place that another piece fills
                continue
        bundle = "\n;".join([*pieces, start])
        return bundle.replace(MATHS, MATHS.replace("{try", r"{if(!/[$\\]/.test(e.textContent))return;try")).encode()

    def _path(self, name: str) -> Path:
        room, _, rest = name.partition("/")
        roots = {"static": self.static, "labextensions": self.extensions}.get(room, ())
        if name in OURS:
            roots, rest = (self.ours,), name
        for root in roots:
            path = (root / rest).resolve()
            if path.is_relative_to(root.resolve()) and path.is_file() and path.suffix in _KINDS:
                return path
        raise FileNotFoundError(name)


_KINDS = frozenset({".js", ".css", ".woff", ".woff2", ".ttf", ".eot", ".svg", ".png", ".json"})


def _entries(root: Path, name: str) -> list[str]:
    return [str(path.relative_to(root)) for path in sorted((root / name / "static").glob("remoteEntry.*.js"))]


class Asset(RequestHandler):  # type: ignore[misc]
    """One file of the front end. Anybody may have it: it is published code and says nothing of anybody."""

    def initialize(self, assets: Assets) -> None:
        self.assets = assets

    def get(self, version: str, name: str) -> None:
        try:
            plain, packed = self.assets.content(name)
        except FileNotFoundError:
            raise HTTPError(404) from None
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        self.set_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.set_header("Cache-Control", FOREVER if version == self.assets.version else "no-cache")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Vary", "Accept-Encoding")
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(packed)
        else:
            self.finish(plain)
