"""Guards around every request: how much may be sent, and what browsers may do with the answer."""

from __future__ import annotations

import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digital_council.portal import problems

MB = 1_000_000
NOTEBOOKS = ("/attempts", "/apps", "/apps/new")
"""Addresses that take a whole notebook."""
DRAIN_BYTES = 128 * MB
DRAIN_SECONDS = 10.0


class BodyLimit:
    """Refuses a body that is too large as soon as that is known: before reading it, or while it comes."""

    def __init__(self, app: ASGIApp, upload_mb: int, other_mb: int = 6) -> None:
        self.app = app
        self.upload, self.other = upload_mb * MB + 200_000, other_mb * MB

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return await self.app(scope, receive, send)
        limit = self.upload if scope["path"].endswith(NOTEBOOKS) else self.other
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > limit:
            return await _refuse(scope, receive, send, limit)
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(413, too_large(limit))
            return message

        await self.app(scope, counted, send)


def too_large(limit: int) -> str:
    most = f"at most {limit // MB} MB is taken here"
    return f"That is too large: {most}. Shorten it, or clear large outputs, and send it again."


async def _refuse(scope: Scope, receive: Receive, send: Send, limit: int) -> None:
    """Answer at once, then let the sender finish for a while, or it would see a broken pipe, not the reason."""
    body = {
        "type": "about:blank",
        "title": "Content Too Large",
        "status": 413,
        "detail": too_large(limit),
        "instance": scope["path"],
    }
    response = JSONResponse(body, 413, {"Connection": "close"}, media_type=problems.MEDIA)
    await send({"type": "http.response.start", "status": 413, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": response.body, "more_body": True})
    drained, end = 0, time.monotonic() + DRAIN_SECONDS
    more = True
    while more and drained < DRAIN_BYTES and time.monotonic() < end:
        message = await receive()
        drained += len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


class SecurityHeaders:
    """Says on every answer what the browser may load, where it may be framed, and that it is not to be kept."""

    def __init__(self, app: ASGIApp, hub: str = "") -> None:
        self.app = app
        form_action = f"'self' {hub}".strip()  # a form's redirect to the hub's sign-in counts as its action
        self.headers = {
            "Content-Security-Policy": (
                "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
                f" frame-ancestors 'none'; form-action {form_action}"
            ),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            # Not no-referrer: browsers would then send `Origin: null` with our own forms.
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self.app(scope, receive, with_headers)
