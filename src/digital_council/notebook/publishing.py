"""Publishing from JupyterLab: what the button Publish as app calls, for whoever is signed in here.

The server sends the notebook as it was saved, with this person's own token; the portal decides whether they may.
"""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web  # type: ignore[attr-defined]

from digital_council.client import Portal
from digital_council.errors import CouncilError

SENDING = 30.0
FIELDS = ("id", "title", "description", "owner", "review", "sensitivity", "accepted")
LISTS = ("audience", "datasets")
QUOTED = re.compile(r"""["']([a-z][a-z0-9_]{1,63})["']|datasets/([a-z][a-z0-9_]{1,63})""")


class PublishingHandler(APIHandler):  # type: ignore[misc]
    """Shared: the notebook named in a request as it was saved, and answers that are one line when they fail."""

    async def notebook(self, path: str) -> Any:
        model = await self.contents_manager.get(path, content=True, type="notebook")
        return model["content"]

    async def answer(self, work: Any, *args: Any) -> None:
        try:
            self.finish(await asyncio.to_thread(work, *args))
        except CouncilError as error:
            self.set_status(502)
            self.finish({"message": str(error)})


class PublicationHandler(PublishingHandler):
    """Begin a publication; ask how far it has come."""

    @web.authenticated  # type: ignore[untyped-decorator]
    async def post(self) -> None:
        asked = self.get_json_body()
        if not isinstance(asked, dict) or not isinstance(asked.get("path"), str):
            raise web.HTTPError(400, reason="Name the notebook: path")
        await self.answer(_publish, await self.notebook(asked["path"]), asked)

    @web.authenticated  # type: ignore[untyped-decorator]
    async def get(self) -> None:
        await self.answer(_followed, self.get_query_argument("id"))


class ProposalHandler(PublishingHandler):
    """What the form begins with: who asks, and the datasets that the notebook seems to read."""

    @web.authenticated  # type: ignore[untyped-decorator]
    async def get(self) -> None:
        await self.answer(_proposed, await self.notebook(self.get_query_argument("path")))


def handlers(base: str) -> list[tuple[str, type[PublishingHandler]]]:
    """The addresses below the server's `council` address."""
    return [
        (url_path_join(base, "api/publication"), PublicationHandler),
        (url_path_join(base, "api/proposal"), ProposalHandler),
    ]


def _publish(notebook: Any, asked: dict[str, Any]) -> str:
    fields = {name: str(asked.get(name, "")) for name in (*FIELDS, *LISTS)}
    answer = Portal.from_environment().request(
        "POST",
        "apps",
        seconds=SENDING,
        data=fields,
        files={"notebook": ("app.ipynb", json.dumps(notebook), "application/json")},
        headers={"Prefer": "respond-async"},
    )
    return json.dumps(answer)


def _followed(publication: str) -> str:
    portal = Portal.from_environment()
    made = portal.get(f"apps/publications/{publication}")
    if made["state"] in ("published", "unchanged"):
        made["url"] = portal.get(f"apps/{made['app']}")["url"]
    return json.dumps(made)


def _proposed(notebook: Any) -> str:
    portal = Portal.from_environment()
    known = {each["id"] for each in portal.get("datasets", limit=500)["datasets"]}
    sources = "\n".join(str(cell.get("source", "")) for cell in notebook["cells"] if cell["cell_type"] == "code")
    named = {first or second for first, second in QUOTED.findall(sources)}
    return json.dumps({"owner": portal.get("me")["account"], "datasets": sorted(named & known)})
