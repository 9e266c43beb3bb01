"""Calendars: what is due as a file after RFC 5545, and the private address at which a calendar program asks for it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from digital_council.portal.rights import keys
from digital_council.portal.rights.sessions import PREFIX
from digital_council.portal.services import Services

MEDIA = "text/calendar; charset=utf-8"
LONGEST = 75
"""Octets of a line, its end not counted (RFC 5545, 3.1)."""


def address(services: Services, account: str, anew: bool = False) -> str:
    """Where a person's calendar is, for whoever knows the address; `anew` makes another and ends this one."""
    serial = services.ledger.calendar_of(account, anew)
    return f"{PREFIX}calendar/{serial}.{_seal(services, serial)}.ics"


def account_of(services: Services, token: str) -> str | None:
    """Whose calendar a token opens. The seal's key is not in the ledger, so nobody makes tokens from a copy of it."""
    serial, _, seal = token.partition(".")
    if not (serial.isascii() and seal.isascii() and hmac.compare_digest(seal, _seal(services, serial))):
        return None
    return services.ledger.account_of_calendar(serial)


def text(services: Services, account: str, units: Iterable[Mapping[str, Any]], origin: str) -> str:
    """A calendar with an event, all day, for each unit that is due; `units` are rows of a plan."""
    person = services.ledger.person_for(account)
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Digital Council//Learning//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Digital Council learning",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    for unit in units:
        lines += _event(unit, uid(person, unit["place"]), stamp, origin)
    return "".join(f"{folded(line)}\r\n" for line in (*lines, "END:VCALENDAR"))


def uid(person: str, place: str) -> str:
    """The same for one person and unit whatever else changes, so that a program moves its entry and adds no second."""
    return f"{hashlib.sha256(f'{person}/{place}'.encode()).hexdigest()[:32]}@digital-council"


def escaped(value: str) -> str:
    """Text as a value (RFC 5545, 3.3.11)."""
    value = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return value.replace("\r\n", "\\n").replace("\n", "\\n")


def folded(line: str) -> str:
    """The line in pieces of at most LONGEST octets, never in the middle of a character."""
    pieces: list[str] = []
    piece = ""
    for character in line:
        # A piece after the first begins with a space, which counts.
        if len(piece.encode()) + len(character.encode()) > LONGEST - bool(pieces):
            pieces.append(piece)
            piece = ""
        piece += character
    return "\r\n ".join((*pieces, piece))


def _event(unit: Mapping[str, Any], id: str, stamp: str, origin: str) -> list[str]:
    day = unit["due"]
    title = escaped(f"Complete: {unit['title']}")
    about = f"{unit['course_title']}, about {unit['minutes']} minutes. {unit['summary']}".strip()
    return [
        "BEGIN:VEVENT",
        f"UID:{id}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{title}",
        f"DESCRIPTION:{escaped(about)}",
        f"URL:{origin}{unit['page']}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{title}",
        "TRIGGER:-PT15H",  # nine in the morning of the day before
        "END:VALARM",
        "END:VEVENT",
    ]


def _seal(services: Services, serial: str) -> str:
    key = keys.ensure(services.state.secrets / "calendar.key").encode()
    return hmac.new(key, f"calendar:{serial}".encode(), hashlib.sha256).hexdigest()[:32]
