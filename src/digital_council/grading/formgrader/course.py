"""Formgrader for one course: nbgrader's own application settings, on a folder that is made from the ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader import handlers as stock
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from tornado.web import Application
from traitlets.config import Config

from digital_council.grading.formgrader.handlers import OWN, ROUTES


class Course(FormgradeExtension):  # type: ignore[misc]
    """nbgrader's formgrader on one course's folder, whatever files of configuration lie about."""

    debug = False
    url_prefix = ""

    def load_config_file(self, *_: Any, **__: Any) -> None:
        """Nothing: what is set is set here."""


def application(base: str, course: str, folder: Path, settings: dict[str, Any]) -> Application:
    """Formgrader for one course."""
    config = Config()
    config.CourseDirectory = Config(course_id=course, root=str(folder), db_url=f"sqlite:///{folder}/gradebook.db")
    config.Exchange = Config(root=str(folder / "exchange"))
    grader = Course(config=config)
    grader.root_dir = str(folder)
    grader.initialize([])
    grader.coursedir.course_id, grader.coursedir.root = course, str(folder)
    grader.coursedir.db_url = f"sqlite:///{folder}/gradebook.db"
    page = Config()
    page.HTMLExporter = Config(
        template_name="formgrade", extra_template_basedirs=[str(OWN / "templates"), stock.template_path]
    )
    exporter = HTMLExporter(config=page, sanitize_html=True)
    own = {
        "base_url": f"{base}/",
        "nbgrader_formgrader": grader,
        "nbgrader_authenticator": grader.authenticator,
        "nbgrader_exporter": exporter,
        "nbgrader_gradebook": None,
        "nbgrader_jinja2_env": Environment(loader=FileSystemLoader([stock.template_path]), autoescape=True),
        "nbgrader_bad_setup": False,
        "council_course": course,
        "council_folder": folder,
    }
    return Application([(base + route[0], *route[1:]) for route in ROUTES], **settings, **own)
