"""The server: one tornado application for each course, made when somebody first opens it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from jupyterhub.services.auth import HubOAuthCallbackHandler
from tornado.httputil import HTTPServerRequest
from tornado.routing import Router
from tornado.web import Application, RequestHandler

COURSE = re.compile(r"[a-z0-9][a-z0-9-]{0,80}")


class Courses(Router):  # type: ignore[misc]
    """Finds the application of a course by the first part of a path below the service's own."""

    def __init__(self, prefix: str, folder: Path, socket: str, cookie_secret: bytes) -> None:
        self.prefix, self.folder = prefix, folder
        self.settings = {"portal_socket": socket, "cookie_secret": cookie_secret, "xsrf_cookies": False}
        self.known: dict[str, Application] = {}
        self.rest = Application(
            [(f"{prefix}oauth_callback", HubOAuthCallbackHandler), (f"{prefix}health", Health)], **self.settings
        )

    def find_handler(self, request: HTTPServerRequest, **more: Any) -> Any:
        name = request.path.removeprefix(self.prefix).partition("/")[0]
        is_course = request.path.startswith(self.prefix) and COURSE.fullmatch(name) and f"{name}/" in request.path
        return (self.course(name) if is_course else self.rest).find_handler(request, **more)

    def course(self, name: str) -> Application:
        """The application of one course. Whether there is such a course is for the portal to say."""
        if name not in self.known:
            from digital_council.grading.formgrader.course import application  # slow, and few ever open it

            self.known[name] = application(f"{self.prefix}{name}", name, self.folder / name, self.settings)
        return self.known[name]


class Health(RequestHandler):  # type: ignore[misc]
    """Says that the process answers, and nothing more."""

    def get(self) -> None:
        self.write({"status": "ok"})
