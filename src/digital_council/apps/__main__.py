"""The apps service's process, started by the hub: `python -m digital_council.apps`."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlparse

HERE = Path(__file__).parent


def main() -> None:
    """Serve until SIGTERM, on the address the hub gave."""
    os.environ["JUPYTER_PATH"] = str(HERE / "jupyter")  # before Voila reads where templates are
    from traitlets.config import Config

    from digital_council import settings
    from digital_council.apps import gate, kernels
    from digital_council.apps.opening import Door
    from digital_council.apps.server import Apps

    address = urlparse(os.environ["JUPYTERHUB_SERVICE_URL"])
    socket = os.environ["COUNCIL_PORTAL_SOCKET"]
    token = os.environ["JUPYTERHUB_API_TOKEN"]
    config = Config(configuration(address.hostname or "127.0.0.1", address.port or 0))
    server = Apps(Door(socket, token), settings.load().apps, config=config)
    with kernels.warm(Path(socket).parent) as warm:
        os.environ["COUNCIL_KERNEL"] = warm.address
        (Path(socket).parents[1] / gate.KERNEL).write_text(warm.address, encoding="utf-8")  # the gate may use it too
        server.initialize([])
        server.start()


def configuration(ip: str, port: int) -> dict[str, dict[str, object]]:
    """Voila's settings: what is not here is as Voila ships it."""
    from digital_council.apps import kernels, viewer
    from digital_council.kernel import attentive
    from digital_council.settings import PROJECT

    return {
        "Voila": {
            "ip": ip,
            "port": port,
            "port_retries": 0,
            "base_url": os.environ["JUPYTERHUB_SERVICE_PREFIX"],
            "open_browser": False,
            "auto_token": True,
            "identity_provider_class": viewer.HubIdentity,
            "authorizer_class": viewer.OwnKernelOnly,
            "kernel_websocket_connection_class": viewer.QuietConnection,
            "root_dir": str(PROJECT / "notebooks" / "apps"),
            "config_file_paths": [],
            "log_level": "INFO",
        },
        "VoilaConfiguration": {
            "template": "council",
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "strip_sources": True,
            "show_tracebacks": False,
            "extension_allowlist": [
                "@jupyter-widgets/jupyterlab-manager",
                "@voila-dashboards/widgets-manager8",
            ],
            "multi_kernel_manager_class": kernels.ViewerKernels,
            "kernel_spec_manager_class": kernels.SandboxSpecs,
            "resources": {"portal": os.environ.get("COUNCIL_FRONT_PAGE", "/services/council/")},
        },
        "ViewerKernels": {
            "cull_idle_timeout": kernels.CLOSED_TAB_SECONDS,
            "cull_interval": 5,
            "cull_connected": False,
            "cull_busy": True,
        },
        "KernelManager": {
            "autorestart": False,  # a new kernel knows nothing of the page
            "client_class": attentive.NAME,
        },
        "HubOAuth": {"cache_max_age": 20},  # a lost role is gone within a minute
    }


if __name__ == "__main__":
    main()
