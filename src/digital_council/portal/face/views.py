"""Views: pages made from templates, with what every page needs."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from digital_council.portal.face.assets import Assets
from digital_council.portal.face.pieces import Piece, Pieces, packed, plain
from digital_council.portal.lesson import prose
from digital_council.portal.lesson.parts import Part
from digital_council.portal.rights.identity import Identity
from digital_council.portal.rights.sessions import PREFIX
from digital_council.portal.services import Services
from digital_council.portal.tables.asking import SUMS, Asked, shown
from digital_council.portal.tables.filtering import TESTS

LONDON = ZoneInfo("Europe/London")
OUTCOMES = {"passed": "Passed", "not-yet": "Not yet", "could-not-check": "We could not check this"}
STATES = {
    "received": "Being marked",
    "running": "Being marked",
    "awaiting-mark": "Waiting for a person to mark it",
    "withheld": "Marked; the result is not released yet",
    "done": "Marked",
    "superseded": "Replaced by a later attempt",
}

TITLES = {
    400: "That could not be read",
    403: "You cannot open this page",
    404: "Page not found",
    409: "This has changed meanwhile",
    413: "That is too large",
    422: "That could not be read",
    429: "Please try again in a moment",
    500: "Something went wrong",
    503: "Not available just now",
}


class Views:
    """The templates, and what is the same on every page of one portal."""

    def __init__(self, services: Services, assets: Assets) -> None:
        self.services = services
        self._pieces = Pieces()
        folder = Path(__file__).parents[1] / "templates"
        self._templates = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.filters |= {"moment": moment, "saved": saved, "marks": marks}
        self._templates.filters |= {"inline": _inline, "safe_html": Markup}
        self._templates.filters |= {"cell": shown, "day": day}
        self._templates.globals |= {
            "asset": assets.url,
            "prefix": PREFIX,
            "council": services.settings.council,
            "council_name": assets.look.name or services.settings.council.name,
            "logo": assets.logo,
            "logo_alt": assets.look.logo_alt,
            "warnings": services.warnings,
            "hub": services.auth.hub,
            "outcomes": OUTCOMES,
            "states": STATES,
            "tests": list(TESTS.items()),
            "sums": [("count", "number of rows"), *((name, words) for name, (words, _) in SUMS.items())],
            "zipped": lambda first, second: list(zip(first, second, strict=True)),
            "columns_of": lambda grid, kind: [(each, each) for each in grid.columns if grid.kind(each) == kind],
        }

    def page(
        self, request: Request, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **shown: Any
    ) -> HTMLResponse:
        """A whole page for whoever is asking."""
        who: Identity | None = getattr(request.state, "identity", None)
        csrf = self.services.sessions.form_token(who.session) if who and who.session else ""
        body = self._templates.get_template(template).render(who=who, csrf=csrf, path=request.url.path, **shown)
        return HTMLResponse(body, status, dict(headers or {}))

    def pieced(
        self, request: Request, template: str, parts: Iterable[Part], status: int = 200, **shown: Any
    ) -> Response:
        """A whole page whose `parts` stand where its template says so, each kept for whoever sees the same."""
        mark = secrets.token_hex(16)  # nothing that anybody wrote can be it
        page = bytes(self.page(request, template, status, parts=Markup(mark), **shown).body).decode()
        before, after = page.split(mark)
        pieces = [Piece.of(before), *map(self._piece, parts), Piece.of(after)]
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
            return HTMLResponse(packed(pieces), status, headers)
        return HTMLResponse(plain(pieces), status)

    def _piece(self, part: Part) -> Piece:
        return self._pieces.of(
            part.key, lambda: self.part("lesson_parts.html", "shown", parts=part.fill(), nothing_asked=Asked())
        )

    def part(self, template: str, block: str, **shown: Any) -> str:
        """One macro of a template, for a page that is already open."""
        module = self._templates.get_template(template).module
        return str(getattr(module, block)(**shown))

    def render(self, template: str, **shown: Any) -> str:
        """A piece of a page, for one that is already open."""
        return self._templates.get_template(template).render(**shown)

    def error(self, request: Request, status: int, detail: str, headers: Mapping[str, str] | None) -> Response:
        """An error as a page; nobody signed in is sent to sign in."""
        if status == 401 and request.method in ("GET", "HEAD"):
            return RedirectResponse(sign_in_address(request), 302)
        return self.page(
            request, "error.html", status, headers, title=TITLES.get(status, HTTPStatus(status).phrase), detail=detail
        )


def sign_in_address(request: Request) -> str:
    following = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"{PREFIX}sign-in?next={quote(following, safe='/')}"


def moment(value: datetime | str) -> str:
    """A moment as people here write it: 3 March 2026, 14:05."""
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    when = when.astimezone(LONDON)
    return f"{when.day} {when:%B %Y, %H:%M}"


def saved(value: datetime | str | None) -> str:
    """When a draft was last saved, in as few words as do."""
    if not value:
        return "Nothing saved yet."
    said = moment(value)
    today, clock = moment(datetime.now(LONDON)).split(", ")[0], said.split(", ")[1]
    return f"Saved at {clock}." if said.startswith(f"{today},") else f"Saved {said}."


def day(value: date | str) -> str:
    """A day as people here write it: 3 March 2026."""
    when = datetime.fromisoformat(value) if isinstance(value, str) else value
    when = when.astimezone(LONDON) if isinstance(when, datetime) and when.tzinfo else when
    return f"{when.day} {when:%B %Y}"


def marks(value: float | None) -> str:
    """A number of marks without idle zeros."""
    return "–" if value is None else f"{value:g}"


def _inline(source: str) -> Markup:
    return Markup(prose.inline(source))  # cleaned by nh3
