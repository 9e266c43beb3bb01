"""The hub's configuration: one function a section, each sets and never appends, so that order is nothing."""

from __future__ import annotations

import re
import socket
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from digital_council import people
from digital_council.hub import labconfig, mounts, origins, passwords, proxy
from digital_council.hub.authenticator import DemoAuthenticator
from digital_council.hub.options import Options
from digital_council.hub.spawner import SandboxSpawner
from digital_council.portal.face import look
from digital_council.settings import PROJECT, Limits, Settings

TEMPLATES = Path(__file__).parent / "templates"
REFRESH_SECONDS = 20
"""A role taken away must be gone within a minute; the portal remembers an answer for half of one."""
CULL_EVERY = 60


def apply(c: Any, options: Options, settings: Settings) -> None:
    """Set everything that JupyterHub is told."""
    addresses(c, options)
    storage(c, options)
    if settings.openid_connect.enabled:
        sign_out = sign_in_by_openid(c, options, settings)
    else:
        sign_out = sign_in_by_demo_accounts(c)
    roles(c)
    services(c, options, settings.limits)
    servers(c, options)
    limits(c, settings.limits)
    pages(c, options, settings, sign_out)


def addresses(c: Any, options: Options) -> None:
    """Loopback only; the proxy is commanded by a unix socket that nobody but the hub may open."""
    c.JupyterHub.bind_url = f"http://127.0.0.1:{options.port}/"
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{free_port()}"
    c.JupyterHub.default_url = options.front_page
    c.ConfigurableHTTPProxy.command = proxy.command()
    c.ConfigurableHTTPProxy.api_url = f"http+unix://{_as_host(options.state.hub / 'proxy.sock')}"
    c.ConfigurableHTTPProxy.pid_file = str(options.state.hub / "proxy.pid")
    if not options.single_origin:
        c.JupyterHub.subdomain_host = options.origin()
        c.JupyterHub.subdomain_hook = origins.host


def _as_host(path: Path) -> str:
    """A path where an address has its host: capitals are quoted too, for hosts are read in small letters."""
    return re.sub(rb"[^a-z0-9_.-]", lambda found: b"%%%02X" % found[0][0], bytes(path)).decode()


def free_port() -> int:
    """A port of loopback that is free now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def storage(c: Any, options: Options) -> None:
    """What the hub keeps, and the keys it keeps it with."""
    state = options.state
    c.JupyterHub.db_url = f"sqlite:///{state.hub / 'jupyterhub.sqlite'}"
    c.JupyterHub.cookie_secret = passwords.ensure_key(state.secrets / "cookie.key")
    c.CryptKeeper.keys = [passwords.ensure_key(state.secrets / "crypt.key")]
    c.JupyterHub.cleanup_servers = True
    c.JupyterHub.upgrade_db = True


def sign_in_by_demo_accounts(c: Any) -> str:
    """Each demo account with its own password; groups from people.csv. There is nowhere else to sign out."""
    c.JupyterHub.authenticator_class = DemoAuthenticator
    c.DemoAuthenticator.allow_all = True  # who may sign in is decided by who has a password
    manage_groups(c)
    return ""


def sign_in_by_openid(c: Any, options: Options, settings: Settings) -> str:
    """Sign-in by the council's identity provider; roles still come from people.csv. Gives where to sign out of it."""
    from digital_council.hub.openid import OpenIDAuthenticator, configure

    c.JupyterHub.authenticator_class = OpenIDAuthenticator
    manage_groups(c)
    return configure(c, settings, options.origin())


def manage_groups(c: Any) -> None:
    c.Authenticator.manage_groups = True
    c.Authenticator.auth_refresh_age = REFRESH_SECONDS
    c.Authenticator.refresh_pre_spawn = True


def roles(c: Any) -> None:
    """Least scopes. A user's tokens reach the portal by name; apps by role; only operators administer."""
    everybody = [f"role-{role}" for role in people.ROLES]
    c.JupyterHub.load_roles = [
        {"name": "user", "scopes": ["self", "access:services!service=council"]},
        {"name": "app-viewer", "scopes": ["access:services!service=apps"], "groups": everybody},
        {"name": "hub-operator", "scopes": OPERATOR, "groups": ["role-operator"]},
        {"name": "culler", "scopes": CULLER, "services": ["idle-culler"]},
        {"name": "portal", "scopes": PORTAL, "services": ["council"]},
        {"name": "apps", "scopes": APPS, "services": ["apps"]},
        {"name": "marker", "scopes": ["access:services!service=formgrader"], "groups": ["role-author"]},
    ]


OPERATOR = ["admin-ui", "list:users", "read:users", "read:servers", "admin:servers", "read:hub",
            "list:services", "read:services", "list:groups", "read:groups"]  # fmt: skip
"""See everybody's servers and stop them; not enter them, nor act as anybody, nor shut the hub down."""
CULLER = ["list:users", "read:users:activity", "read:servers", "delete:servers"]
PORTAL = ["read:users:name", "read:users:groups", "list:users"]
APPS = ["access:services!service=council"]
WHO = ["read:users:name!user", "read:users:groups!user"]
SERVER = ["users:activity!user", "access:servers!server", "access:services!service=council", *WHO]
"""What the token inside a user's own server can do: say who they are, and use the portal as them."""


def services(c: Any, options: Options, settings: Limits) -> None:
    """The portal, the apps, formgrader and the culler, started and restarted by the hub."""
    c.JupyterHub.services = [portal(options), *apps(options), formgrader(options), culler(settings)]


def shared(options: Options) -> dict[str, str]:
    return {
        **options.environment,
        "COUNCIL_PROJECT": str(PROJECT),
        "COUNCIL_PORTAL_SOCKET": str(mounts.sockets(options.state) / "portal.sock"),
        "COUNCIL_FRONT_PAGE": options.front_page,
        "COUNCIL_URL": options.front_page,
    }


def service(name: str, options: Options) -> dict[str, Any]:
    return {
        "name": name,
        "url": f"http://127.0.0.1:{free_port()}",
        "command": [sys.executable, "-m", "digital_council.portal" if name == "council" else f"digital_council.{name}"],
        "cwd": str(options.state.root),
        "environment": shared(options),
        "oauth_no_confirm": True,
        "oauth_client_allowed_scopes": WHO,
        "timeout": 60,
    }


def portal(options: Options) -> dict[str, Any]:
    return service("council", options)


def apps(options: Options) -> list[dict[str, Any]]:
    return [service("apps", options)] if labconfig.is_importable("digital_council.apps.__main__") else []


def formgrader(options: Options) -> dict[str, Any]:
    """Marks by hand. What it passes on to the portal it passes on with the author's own token."""
    return service("formgrader", options) | {
        "command": [sys.executable, "-m", "digital_council.grading.formgrader"],
        "oauth_client_allowed_scopes": [*WHO, "access:services!service=council"],
    }


def culler(settings: Limits) -> dict[str, Any]:
    return {
        "name": "idle-culler",
        "display": False,
        "command": [
            sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={settings.idle_minutes * 60}",
            f"--cull-every={CULL_EVERY}",
        ],
    }  # fmt: skip


def servers(c: Any, options: Options) -> None:
    """Users' servers: JupyterLab in a sandbox, reached by an inherited socket, reaching out by two."""
    c.JupyterHub.spawner_class = SandboxSpawner
    c.JupyterHub.implicit_spawn_seconds = 1  # who comes back to a server stopped meanwhile gets it again
    c.Spawner.default_url = "/lab"
    c.Spawner.server_token_scopes = SERVER
    c.Spawner.start_timeout = 60
    c.Spawner.http_timeout = 60
    if options.sandbox:
        c.Spawner.hub_connect_url = f"http+unix://{quote(f'{mounts.SOCKETS}/hub.sock', safe='')}"


def limits(c: Any, settings: Limits) -> None:
    """How many servers may start at once and how many may live; who comes later is asked to wait."""
    c.JupyterHub.concurrent_spawn_limit = settings.concurrent_sign_ins
    c.JupyterHub.active_server_limit = settings.live_servers


def pages(c: Any, options: Options, settings: Settings, sign_out: str = "") -> None:
    """The hub's own pages: sign-in, home, waiting, errors."""
    c.JupyterHub.template_paths = [str(TEMPLATES)]
    own = look.load(PROJECT)
    is_demo = not settings.openid_connect.enabled
    shown = people.load().demo_accounts if is_demo else []
    c.JupyterHub.template_vars = {
        "council": own.name or settings.council.name,
        "colours": look.variables(own.light),
        "dark_colours": look.variables(own.dark),
        "front_page": options.front_page,
        "provider_sign_out": sign_out,
        "demo_accounts": [(person.account, person.name, person.job) for person in shown],
        "sandbox_off": not options.sandbox,
        "origin_shared": options.single_origin,
    }
