"""What JupyterLab shows: a configuration folder for each user, generated, which goes before every other."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path

AUTHORS = frozenset({"author"})

NEWS = ("@jupyterlab/apputils-extension:announcements",)
LANGUAGE_SERVERS = (
    "@jupyterlab/lsp-extension",
    "@jupyterlab/fileeditor-extension:language-server",
    "@jupyterlab/notebook-extension:language-server",
)
EXTENSION_MANAGER = ("@jupyterlab/extensionmanager-extension",)
"""There is no network to install extensions from."""
NOTEBOOK_7 = ("@jupyter-notebook/lab-extension",)
VOILA = ("@voila-dashboards/jupyterlab-preview",)
"""Its preview needs Voila's server extension, 40 MB in every server; apps are opened through the portal."""
GRADERS = tuple(
    f"@jupyter/nbgrader:{plugin}"
    for plugin in ("formgrader", "create-assignment", "course-list", "validate-assignment")
)
"""Validate runs only what a released copy holds, so it would praise every notebook: ours asks the portal."""
JUPYTEXT = ("jupyterlab-jupytext",)
PUBLISHERS = frozenset({"analyst"})
PUBLISHING = ("@digital-council/lessons:publish",)
"""The portal refuses everybody else; a button that is always refused would only be in the way."""

NBGRADER = "nbgrader.server_extensions."


def is_author(roles: frozenset[str]) -> bool:
    return bool(roles & AUTHORS)


def disabled(roles: frozenset[str]) -> list[str]:
    """The browser extensions that people of these roles do not get."""
    everybody = [*NEWS, *LANGUAGE_SERVERS, *EXTENSION_MANAGER, *NOTEBOOK_7, *VOILA]
    others = [] if roles & PUBLISHERS else [*PUBLISHING]
    return [*everybody, *others] if is_author(roles) else [*everybody, *others, *GRADERS, *JUPYTEXT]


def server_extensions(roles: frozenset[str]) -> dict[str, bool]:
    """Which server extensions people of these roles get, and which not; each costs memory in every server."""
    wanted = ["jupyterlab", "jupyter_server_terminals", "digital_council.hub.lazy"]
    if is_author(roles):
        wanted += [f"{NBGRADER}formgrader", f"{NBGRADER}validate_assignment", "jupyterlab_jupytext"]
    wanted += [name for name in ("digital_council.notebook",) if is_importable(name)]
    return {**dict.fromkeys(installed_extensions(), False), **dict.fromkeys(wanted, True)}


def installed_extensions() -> list[str]:
    """The server extensions that packages switched on for every server when they were installed."""
    found: list[str] = []
    for path in sorted(Path(sys.prefix, "etc/jupyter/jupyter_server_config.d").glob("*.json")):
        table = json.loads(path.read_text(encoding="utf-8"))
        found += table.get("ServerApp", {}).get("jpserver_extensions", {})
    return found


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
    """Generate the folder; may run twice. The sandbox mounts it read-only, first in JUPYTER_CONFIG_PATH."""
    for each in (folder, folder / "labconfig"):
        each.mkdir(parents=True, exist_ok=True)
        each.chmod(0o755)
    page = {"disabledExtensions": dict.fromkeys(disabled(roles), True)}
    server = {
        "ServerApp": {
            "jpserver_extensions": server_extensions(roles),
            # no login shell, which would forget where `council` and `python` are
            "terminado_settings": {"shell_command": ["/bin/bash"]},
        },
        "LabApp": {
            "extra_labextensions_path": buttons(),
            "extension_manager": "readonly",
            "news_url": None,
            "check_for_updates_class": "jupyterlab.handlers.announcements.NeverCheckForUpdate",
        },
    }
    _json(folder / "labconfig" / "page_config.json", page)
    _json(folder / "jupyter_server_config.json", server)
    if is_importable("digital_council.grading.exchange"):
        _write(folder / "nbgrader_config.py", NBGRADER_CONFIG)
    return folder


NBGRADER_CONFIG = """\
from digital_council.grading import exchange

exchange.configure(get_config())  # noqa: F821
"""


def _json(path: Path, content: object) -> None:
    _write(path, json.dumps(content, indent=1) + "\n")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)  # the account's own uid reads it; the folder above is closed to everybody
