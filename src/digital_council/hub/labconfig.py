"""What JupyterLab shows: a configuration folder for each kind of user, generated, which nothing else adds to."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

AUTHORS = frozenset({"author"})

NEWS = ("@jupyterlab/apputils-extension:announcements",)
LANGUAGE_SERVERS = ("@jupyterlab/lsp-extension",)
NOTEBOOK_7 = ("@jupyter-notebook/lab-extension",)
VOILA = ("@voila-dashboards/jupyterlab-preview",)
"""Its preview needs Voila's server extension, 40 MB in every server; apps are opened through the portal."""
GRADERS = tuple(
    f"@jupyter/nbgrader:{plugin}"
    for plugin in ("formgrader", "create-assignment", "course-list", "validate-assignment")
)
"""Validate runs only what a released copy holds, so it would praise every notebook: ours asks the portal."""
JUPYTEXT = ("jupyterlab-jupytext",)

NBGRADER = "nbgrader.server_extensions."


def is_author(roles: frozenset[str]) -> bool:
    return bool(roles & AUTHORS)


def disabled(roles: frozenset[str]) -> list[str]:
    """The browser extensions that people of these roles do not get."""
    everybody = [*NEWS, *LANGUAGE_SERVERS, *NOTEBOOK_7, *VOILA]
    return everybody if is_author(roles) else [*everybody, *GRADERS, *JUPYTEXT]


def server_extensions(roles: frozenset[str]) -> dict[str, bool]:
    """The server extensions that people of these roles get; each costs memory in every server."""
    wanted = ["jupyterlab", "jupyter_server_terminals", "digital_council.hub.lazy"]
    if is_author(roles):
        wanted += [f"{NBGRADER}formgrader", f"{NBGRADER}validate_assignment", "jupyterlab_jupytext"]
    wanted += [name for name in ("digital_council.notebook",) if is_importable(name)]
    return dict.fromkeys(wanted, True)


def is_importable(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def buttons() -> list[str]:
    """Where JupyterLab finds the Check and Submit buttons."""
    if not is_importable("digital_council.notebook"):
        return []
    from digital_council.notebook import LABEXTENSIONS

    return [str(LABEXTENSIONS)]


def write(folder: Path, roles: frozenset[str]) -> Path:
    """Generate the folder; may run twice. The sandbox mounts it read-only as JUPYTER_CONFIG_DIR."""
    (folder / "labconfig").mkdir(parents=True, exist_ok=True)
    page = {"disabledExtensions": dict.fromkeys(disabled(roles), True)}
    server = {
        "ServerApp": {"jpserver_extensions": server_extensions(roles)},
        "LabApp": {"extra_labextensions_path": buttons()},
    }
    _json(folder / "labconfig" / "page_config.json", page)
    _json(folder / "jupyter_server_config.json", server)
    if is_importable("digital_council.grading.exchange"):
        (folder / "nbgrader_config.py").write_text(NBGRADER_CONFIG, encoding="utf-8")
    return folder


NBGRADER_CONFIG = """\
from digital_council.grading import exchange

exchange.configure(get_config())  # noqa: F821
"""


def _json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
