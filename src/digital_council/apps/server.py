"""The apps service: standalone Voila with the hub's sign-in, its open doors closed.

Closed, compared with stock Voila: files beside a notebook and the list of notebooks are not served at all; kernels
start with a clean environment, in the sandbox, owned by their viewer; nothing is fetched from a public host; kernels
of closed tabs are ended.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, RequestHandler, authenticated
from voila.app import Voila
from voila.handler import BaseVoilaHandler
from voila.utils import get_page_config

from digital_council.apps.assets import Asset, Assets
from digital_council.apps.opening import Door
from digital_council.apps.places import Places
from digital_council.apps.snapshots import Snapshots
from digital_council.apps.standing import CloseTab, Kernel, Rights, Standing
from digital_council.apps.visit import House, Visit
from digital_council.settings import Apps as AppSettings

KEPT = ("/api/kernels/", "/voila/api/themes/", "/logout", "/oauth_callback")
"""The stock routes that pages need. Others serve an app's source or the files beside it, some to anybody."""
APP = r"/([a-z0-9][a-z0-9-]{1,59})/?"
STARTING = 3
"""Apps that may be starting at once: more would only make each slower, on two cores."""


class Health(RequestHandler):  # type: ignore[misc]
    """Answers when the service is up, and says nothing of anybody."""

    def get(self) -> None:
        self.write({"status": "ok"})


class Lost(BaseVoilaHandler):  # type: ignore[misc]
    """Any other address: the same page for somebody signed in, the sign-in for anybody else."""

    @authenticated  # type: ignore[untyped-decorator]
    def get(self) -> None:
        raise HTTPError(404, "There is no such page of an app.")


class Apps(Voila):  # type: ignore[misc]
    """Voila with one page for each app and none for files."""

    def __init__(self, door: Door, chosen: AppSettings, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.door, self.chosen = door, chosen

    def init_settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = super().init_settings()
        self.portal = self.voila_configuration.resources["portal"]
        settings["voila_jinja2_env"].globals["portal"] = self.portal
        self.places = Places(self.chosen.live_pages, STARTING)
        self.kernel_manager.longest = self.chosen.part_seconds
        self.kernel_manager.freed = self.places.leave
        self.kernel_manager.initialize_culler()
        self.ioloop = asyncio.get_event_loop()
        self.rights = Rights(self.kernel_manager, self.door)
        self._keeping = self.ioloop.create_task(self.rights.keep())
        return settings

    def _house(self) -> House:
        ours = Path(self.template_paths[0])
        assets = Assets(ours / "static", map(Path, self.static_paths), map(Path, self.labextensions_path))
        front = url_path_join(self.server_url, "front", assets.version)
        config = get_page_config(self.base_url, self.app.settings, self.log, self.voila_configuration)
        config |= {"fullStaticUrl": f"{front}/static", "fullLabextensionsUrl": f"{front}/labextensions"}
        pages = Environment(loader=FileSystemLoader(ours), autoescape=True, trim_blocks=True, lstrip_blocks=True)
        pages.globals["front"] = front
        return House(
            self.door, Snapshots(), self.places, assets, pages, config, self.portal, self.chosen.part_seconds
        )  # fmt: skip

    def init_handlers(self) -> list[Any]:
        base, shared = self.server_url, {"voila_configuration": self.voila_configuration}
        house = self._house()
        stock = [route for route in super().init_handlers() if any(part in route[0] for part in KEPT)]
        return [
            (url_path_join(base, "/health"), Health),
            (url_path_join(base, "/front/([0-9a-f]+)/(.*)"), Asset, {"assets": house.assets}),
            (url_path_join(base, "/standing/([0-9a-f-]+)"), Standing, {"rights": self.rights}),
            (url_path_join(base, "/voila/api/shutdown/(.*)"), CloseTab),
            (url_path_join(base, "/api/kernels/(?P<kernel_id>[0-9a-f-]+)"), Kernel),
            *stock,
            (url_path_join(base, APP), Visit, {"house": house, **shared}),
            (url_path_join(base, "/.*"), Lost, shared),
        ]
