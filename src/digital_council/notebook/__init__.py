"""The notebook door: what a learner's JupyterLab server loads so that lessons and the portal hold the same answers.

Importing this package is cheap: kernels and servers both do it at start.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

LABEXTENSIONS = Path(__file__).parent / "labextensions"
"""A folder for `LabApp.extra_labextensions_path`: the Check and Submit buttons."""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "digital_council.notebook"}]


def _link_jupyter_server_extension(server: Any) -> None:
    """Put the lesson-aware contents manager in place before the server makes its own."""
    from digital_council.notebook.contents import LessonContentsManager

    if not issubclass(server.contents_manager_class, LessonContentsManager):
        server.contents_manager_class = LessonContentsManager


def _load_jupyter_server_extension(server: Any) -> None:
    from digital_council.notebook import rooms
    from digital_council.notebook.handlers import add_handlers

    add_handlers(server.web_app)
    try:
        rooms.ensure(Path(server.root_dir))
    except OSError as error:  # a full home must still open
        server.log.warning("what the role brings could not be put into %s: %s", server.root_dir, error)
