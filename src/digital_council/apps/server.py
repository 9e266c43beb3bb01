"""The apps service: standalone Voila with the hub's sign-in, its open doors closed.

Closed, compared with stock Voila: files beside a notebook and the list of notebooks are not served at all; kernels
start with a clean environment, in the sandbox, owned by their viewer; nothing is fetched from a public host; kernels
of closed tabs are ended.
"""

from __future__ import annotations

import asyncio
from typing import Any

from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, RequestHandler, authenticated
from voila.app import Voila
from voila.handler import BaseVoilaHandler
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler

from digital_council.apps.catalogue import App
from digital_council.apps.viewer import VIEWING, Viewing
from digital_council.client import Portal
from digital_council.errors import CouncilError, LearnerError

UNSAFE = ("/voila/files/", "/voila/tree", "/voila/render/", "/voila/api/contents")
"""Stock routes that serve an app's source or the files beside it, some to anybody. None is kept."""


class AppPage(TornadoVoilaHandler):  # type: ignore[misc]
    """One app, opened by somebody who may see it, with a token that says who they are."""

    def initialize(self, app: App, portal: Portal, **kwargs: Any) -> None:
        super().initialize(notebook_path=f"{app.id}/{app.notebook.name}", **kwargs)  # below the contents root
        self.app_opened = app
        self.portal = portal

    @authenticated  # type: ignore[untyped-decorator]
    async def get(self, path: str | None = None) -> None:
        account = self.current_user.username
        self._refuse_strangers()
        if self.kernel_manager.is_full():
            raise HTTPError(503, "Many apps are open just now; please try again in a minute")
        VIEWING.set(Viewing(account, self.app_opened.id, await self._token(account)))
        await super().get()

    def _refuse_strangers(self) -> None:
        user = self.current_user
        if self.app_opened.shipped and not self.app_opened.opens_to(user.username, user.hub_user.get("groups", [])):
            raise HTTPError(403, f"This app is not shared with you; ask {self.app_opened.owner}")

    async def _token(self, account: str) -> str:
        """A viewer's token from the portal, which alone can sign one and asks again whether the viewer may."""
        body = {"account": account, "app": self.app_opened.id}
        try:
            answer = await asyncio.to_thread(self.portal.post, "internal/viewer-tokens", json=body)
        except LearnerError as error:
            raise HTTPError(403, str(error)) from None
        except CouncilError:
            raise HTTPError(503, "The portal does not answer; please try again") from None
        return str(answer["token"])

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Content-Security-Policy", content_security_policy(self.request.host))


class CloseTab(VoilaShutdownKernelHandler):  # type: ignore[misc]
    """The page says that it is being closed. Only its own viewer may say so."""

    @authenticated  # type: ignore[untyped-decorator]
    async def post(self, kernel_id: str) -> None:
        if self.kernel_manager.owners.get(kernel_id) != self.current_user.username:
            raise HTTPError(404)
        await super().post(kernel_id)


class Health(RequestHandler):  # type: ignore[misc]
    """Answers when the service is up, and says nothing of anybody."""

    def get(self) -> None:
        self.write({"status": "ok"})


class Lost(BaseVoilaHandler):  # type: ignore[misc]
    """Any other address: the same page for somebody signed in, the sign-in for anybody else."""

    @authenticated  # type: ignore[untyped-decorator]
    def get(self) -> None:
        raise HTTPError(404, "There is no such app. It may have been retired or renamed.")


class Apps(Voila):  # type: ignore[misc]
    """Voila with one route for each app and none for files."""

    def __init__(self, apps: dict[str, App], portal: Portal, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.apps = apps
        self.portal = portal

    def init_settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = super().init_settings()
        settings["voila_jinja2_env"].globals["portal"] = self.voila_configuration.resources["portal"]
        return settings

    def init_handlers(self) -> list[Any]:
        base = self.server_url
        stock = [route for route in super().init_handlers() if not _serves_files(route[0], base)]
        shared = {
            "template_paths": self.template_paths,
            "config": self.config,
            "voila_configuration": self.voila_configuration,
            "portal": self.portal,
        }
        pages = [(url_path_join(base, f"{app.id}/?"), AppPage, {"app": app, **shared}) for app in self.apps.values()]
        closing = (url_path_join(base, "/voila/api/shutdown/(.*)"), CloseTab)
        lost = (url_path_join(base, "/.*"), Lost, {"voila_configuration": self.voila_configuration})
        return [(url_path_join(base, "/health"), Health), closing, *pages, *stock, lost]


def _serves_files(pattern: str, base: str) -> bool:
    return pattern == base or any(url_path_join(base, path) in pattern for path in UNSAFE)


def content_security_policy(host: str) -> str:
    """Scripts and connections of this origin only. Voila's own page has inline scripts, and widgets need eval."""
    return (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws://{host} wss://{host}; "
        "frame-ancestors 'self'; base-uri 'self'; form-action 'self'"
    )
