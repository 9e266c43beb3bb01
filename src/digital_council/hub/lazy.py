"""nbgrader's Assignment List, imported at its first request: 35 MB that most people's servers never need."""

from __future__ import annotations

import re
from typing import Any

from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.routing import PathMatches, Router, Rule

ROUTES = "assignments|courses|nbgrader_version"


class LazyRouter(Router):  # type: ignore[misc]
    """Loads the extension when one of its addresses is first asked for, then lets it answer."""

    def __init__(self, serverapp: Any) -> None:
        self.serverapp = serverapp
        self.rule: Rule | None = None

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> HTTPMessageDelegate | None:
        router = self.serverapp.web_app.default_router
        if self.rule is not None:
            router.rules.remove(self.rule)
            self.rule = None
            load(self.serverapp)
        found: HTTPMessageDelegate | None = router.find_handler(request, **kwargs)
        return found


def load(serverapp: Any) -> None:
    from nbgrader.server_extensions.assignment_list import load_jupyter_server_extension

    load_jupyter_server_extension(serverapp)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "digital_council.hub.lazy"}]


def _load_jupyter_server_extension(serverapp: Any) -> None:
    router = LazyRouter(serverapp)
    base = re.escape(serverapp.web_app.settings["base_url"])
    router.rule = Rule(PathMatches(f"{base}({ROUTES})(/.*)?$"), router)
    serverapp.web_app.default_router.rules.insert(0, router.rule)
