"""The application: the interface, the pages and the guards around them, on one set of services."""

from __future__ import annotations

from typing import Any

from fastapi import Depends, FastAPI
from fastapi.middleware.gzip import GZipMiddleware

from digital_council import settings
from digital_council.portal import problems
from digital_council.portal.api import apps, attempts, authoring, data, enrolment, figures, me, people, review, units
from digital_council.portal.api.documents import API, describe, refuse_unknown_parameters
from digital_council.portal.face import assets
from digital_council.portal.face.views import Views
from digital_council.portal.guards import BodyLimit, SecurityHeaders
from digital_council.portal.pages import (
    about,
    drafts,
    help,
    home,
    lesson,
    open_data,
    open_files,
    search,
    tables,
    threads,
)
from digital_council.portal.pages import apps as app_pages
from digital_council.portal.pages import attempts as attempt_pages
from digital_council.portal.pages import authoring as author_pages
from digital_council.portal.pages import data as data_pages
from digital_council.portal.pages import enrolment as enrolment_pages
from digital_council.portal.pages import figures as figure_pages
from digital_council.portal.pages import learning as learning_pages
from digital_council.portal.pages import review as review_pages
from digital_council.portal.rights import signin
from digital_council.portal.rights.access import recognise
from digital_council.portal.rights.sessions import PREFIX
from digital_council.portal.services import Services

LEARNING = (learning_pages, enrolment_pages)
AUTHORS = (author_pages, review_pages)
DATA = (data_pages, figure_pages, app_pages, search, open_files, open_data)
"""Data: of open data the files first, for a page's address takes any name."""


def create_app(services: Services) -> FastAPI:
    """A portal on these services. It starts and stops none of them."""
    app = FastAPI(
        title="Digital Council",
        openapi_url=f"{PREFIX}api/openapi.json",
        docs_url=None,  # its page loads scripts from another host
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.services = services
    # Routers are asked in turn whether a request is theirs, and most requests are for a lesson.
    app.include_router(lesson.router, prefix=PREFIX.rstrip("/"), include_in_schema=False)
    for part in (me, units, attempts, enrolment, authoring, review, figures, people, data, apps):
        app.include_router(part.router, prefix=API, dependencies=[Depends(refuse_unknown_parameters)])
    kept = assets.Assets(settings.PROJECT)
    app.state.views = Views(services, kept)
    app.state.error_page = app.state.views.error
    app.state.recognise = recognise
    app.include_router(signin.router)
    app.include_router(assets.router(kept))
    for pages in (home, *LEARNING, tables, threads, drafts, attempt_pages, about, help, *AUTHORS, *DATA):
        app.include_router(pages.router, prefix=PREFIX.rstrip("/"), include_in_schema=False)
    problems.install(app)

    def openapi() -> dict[str, Any]:
        return describe(app)

    app.openapi = openapi  # type: ignore[method-assign]
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=3)
    app.add_middleware(BodyLimit, upload_mb=services.settings.limits.submission_mb)
    app.add_middleware(SecurityHeaders, hub=services.auth.hub)
    return app
