"""A learner's own server: each forbidden act is done outside, where it works, and inside, where it fails."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psutil
import pytest
import websocket

if TYPE_CHECKING:
    from tests.conftest import Product

pytestmark = pytest.mark.product
PROJECT = Path(__file__).resolve().parents[2]

# Each act is an expression over `here`, the facts of this run. It is done when it ends without an exception.
ACTS = {
    "read the hub's database": "open(here['state'] + '/hub/jupyterhub.sqlite', 'rb').read(1)",
    "read a signing key": "open(here['state'] + '/secrets/cookie.key', 'rb').read(1)",
    "read the ledger": "open(here['state'] + '/ledger/ledger.db', 'rb').read(1)",
    "list trusted releases": "__import__('os').listdir(here['state'] + '/releases')",
    "list submissions": "__import__('os').listdir(here['state'] + '/submissions')",
    "read the logs": "open(here['state'] + '/logs/hub.log', 'rb').read(1)",
    "read hidden checks": "open(here['checks']).read(1)",
    "read solutions": "open(here['lesson']).read(1)",
    "read who works where": "open(here['project'] + '/hub_config/people.csv').read(1)",
    "read the repository's history": "open(here['project'] + '/.git/HEAD').read(1)",
    "read another home": "open(here['state'] + '/homes/learner2/mine.txt').read(1)",
    "list homes": "__import__('os').listdir(here['state'] + '/homes')",
    "command the proxy": "__import__('socket').socket(1).connect(here['state'] + '/hub/proxy.sock')",
    "read the hub's environment": "open('/proc/%d/environ' % here['hub_pid'], 'rb').read(1)",
    "signal the hub": "__import__('os').kill(here['hub_pid'], 0)",
    "signal another's server": "__import__('os').kill(here['other_pid'], 0)",
    "change the Python everybody runs": "open(here['site'] + '/left-by-a-test.pth', 'a').close()",
    "change the package": "open(here['package'] + '/left_by_a_test.py', 'a').close()",
}


class Inside:
    """Code run by a kernel of the learner's own server, as a notebook's cell would be."""

    def __init__(self, product: Product, account: str) -> None:
        self.token = product.lab_token(account)
        self.base = product.server(account)
        client = product.login(account)
        self.client = client
        self.headers = {"Authorization": f"token {self.token}"}
        made = client.post(f"{self.base}/api/kernels", headers=self.headers, json={"name": "python3"})
        assert made.status_code == 201, made.text
        self.kernel = made.json()["id"]
        address = urlsplit(self.base)
        self.socket = websocket.create_connection(
            f"ws://127.0.0.1:{address.port}{address.path}/api/kernels/{self.kernel}/channels",
            host=address.netloc,
            header=[f"Authorization: token {self.token}"],
            timeout=180,
        )

    def run(self, code: str) -> str:
        """What the code prints; its exception as text when it raises."""
        asked = uuid.uuid4().hex
        header = {"msg_id": asked, "msg_type": "execute_request", "username": "", "session": asked, "version": "5.3"}
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        self.socket.send(json.dumps(message))
        printed = ""
        while True:
            answer: dict[str, Any] = json.loads(self.socket.recv())
            if answer["parent_header"].get("msg_id") != asked:
                continue
            if answer["msg_type"] == "stream":
                printed += answer["content"]["text"]
            elif answer["msg_type"] == "error":
                printed += f"{answer['content']['ename']}: {answer['content']['evalue']}"
            elif answer["msg_type"] == "status" and answer["content"]["execution_state"] == "idle":
                return printed

    def close(self) -> None:
        self.socket.close()
        self.client.delete(f"{self.base}/api/kernels/{self.kernel}", headers=self.headers)


@pytest.fixture(scope="module")
def inside(product: Product) -> Iterator[Inside]:
    product.open_lab("learner2")
    (product.state / "homes" / "learner2" / "mine.txt").write_text("learner2's own")
    opened = Inside(product, "learner")
    yield opened
    opened.close()


def family(product: Product) -> list[psutil.Process]:
    """Every living process of the product."""
    root = psutil.Process(product.process.pid)
    return [each for each in [root, *root.children(recursive=True)] if words(each)]


def words(process: psutil.Process) -> list[str]:
    """The command line without bubblewrap's, which quotes that of what it starts; empty for the dead."""
    try:
        found: list[str] = process.cmdline()
    except psutil.Error:
        return []
    return ["bwrap"] if found and found[0].endswith("bwrap") else found


@pytest.fixture(scope="module")
def here(product: Product, inside: Inside) -> dict[str, Any]:
    """What the acts need to know, found outside."""
    processes = family(product)
    unit = next((PROJECT / "courses").glob("*/*/checks.py")).parent
    return {
        "state": str(product.state),
        "project": str(PROJECT),
        "checks": str(unit / "checks.py"),
        "lesson": str(unit / "lesson.py"),
        "hub_pid": next(p.pid for p in processes if "digital_council.hub.application" in words(p)),
        "other_pid": next(p.pid for p in processes if "digital_council.hub.singleuser" in words(p)),
        "site": str(Path(psutil.__file__).parents[1]),
        "package": str(PROJECT / "src" / "digital_council"),
    }


def outcome(act: str, here: dict[str, Any]) -> str:
    """A program that does the act and prints `done`, or how it was refused."""
    return (
        f"here = {here!r}\ntry:\n    {act}\n    print('done')\n"
        "except BaseException as error:\n    print('refused', type(error).__name__)\n"
    )


def outside(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_a_forbidden_act_works_outside_and_fails_inside(act: str, here: dict[str, Any], inside: Inside) -> None:
    program = outcome(act, here)
    try:
        assert outside(program) == "done\n"
        assert inside.run(program).startswith("refused")
    finally:
        Path(here["site"], "left-by-a-test.pth").unlink(missing_ok=True)
        Path(here["package"], "left_by_a_test.py").unlink(missing_ok=True)


def listeners(product: Product) -> set[int]:
    """Every TCP port that a process of the product listens on in this machine's own network."""
    ours = {process.pid for process in family(product)}
    return {
        connection.laddr.port
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.pid in ours
    }


def test_no_listener_of_this_machine_is_in_reach(product: Product, inside: Inside) -> None:
    ports = listeners(product)
    assert len(ports) >= 5, "proxy, hub, portal and two servers at the least"
    program = (
        "import socket\n"
        f"for port in {sorted(ports)}:\n"
        "    with socket.socket() as s:\n"
        "        s.settimeout(2)\n"
        "        print('open' if s.connect_ex(('127.0.0.1', port)) == 0 else 'closed')\n"
    )
    assert outside(program).split() == ["open"] * len(ports)
    assert inside.run(program).split() == ["closed"] * len(ports)


def test_every_listener_of_the_product_is_on_loopback_alone(product: Product, inside: Inside) -> None:
    ours = {process.pid for process in family(product)}
    addresses = {
        connection.laddr.ip
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.pid in ours
    }
    assert addresses == {"127.0.0.1"}


def test_only_loopback_exists_inside(inside: Inside) -> None:
    assert inside.run("import os; print(os.listdir('/sys/class/net') if os.path.exists('/sys') else 'no /sys')")
    assert inside.run("import socket; print([name for _, name in socket.if_nameindex()])") == "['lo']\n"


def test_the_server_runs_as_a_user_of_its_own_without_any_privilege(inside: Inside, product: Product) -> None:
    status = inside.run("print(open('/proc/self/status').read())")
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert fields["CapEff"] == fields["CapPrm"] == fields["CapAmb"] == "0000000000000000"
    assert fields["NoNewPrivs"] == "1"
    uids = {process.uids().real for process in family(product) if "digital_council.hub.singleuser" in words(process)}
    if 0 in {process.uids().real for process in family(product)}:
        assert len(uids) == 2
        assert 0 not in uids


def test_nobody_else_s_process_is_seen_inside(inside: Inside) -> None:
    program = (
        "import glob, os\n"
        "for path in glob.glob('/proc/[0-9]*'):\n"
        "    print(open(path + '/cmdline').read().replace(chr(0), ' '))\n"
    )
    seen = inside.run(program)
    assert "digital_council.hub.singleuser" in seen
    assert "digital_council.portal" in outside(program)
    assert "digital_council.portal" not in seen
    assert "configurable-http-proxy" not in seen


CHART = """
import matplotlib.pyplot as plt
from IPython.utils.capture import capture_output
plt.plot([1, 2])
with capture_output() as said:
    plt.show()
print([kind for output in said.outputs for kind in output.data])
"""


def test_a_chart_stands_below_its_cell(inside: Inside) -> None:
    assert "image/png" in inside.run(CHART)


def test_the_environment_holds_only_the_learner_s_own_token(inside: Inside) -> None:
    environment = json.loads(inside.run("import json, os; print(json.dumps(dict(os.environ)))"))
    tokens = {name for name, value in environment.items() if "TOKEN" in name and value}
    assert tokens <= {"JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN"}
    assert not any("PASSWORD" in name or "SECRET" in name for name in environment)
    assert environment["HOME"] == "/home/learner"


HUB = """
import http.client, os, socket
class Unix(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.host)
def ask(path, address, method="GET"):
    connection = Unix(address)
    headers = {"Authorization": "token " + os.environ["JUPYTERHUB_API_TOKEN"], "Host": "x"}
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()
"""


def test_the_hub_is_reached_by_its_socket_as_the_learner_and_no_more(inside: Inside) -> None:
    who = inside.run(HUB + "print(ask('/hub/api/user', '/run/council/hub.sock'))")
    assert '"name": "learner"' in who
    for path in ("/hub/api/users", "/hub/api/users/learner2", "/hub/api/services", "/hub/api/proxy"):
        status = inside.run(HUB + f"print(ask({path!r}, '/run/council/hub.sock')[0])")
        assert status.strip() in ("403", "404"), path
    stopped = inside.run(HUB + "print(ask('/hub/api/users/learner2/server', '/run/council/hub.sock', 'DELETE')[0])")
    assert stopped.strip() in ("403", "404")


def test_the_portal_is_reached_by_its_socket_as_the_learner(inside: Inside) -> None:
    answer = inside.run(HUB + "print(ask('/services/council/api/v1/me', '/run/council/portal.sock'))")
    assert answer.startswith("(200")
    assert '"learner"' in answer


def test_no_other_socket_is_in_reach(inside: Inside) -> None:
    assert inside.run("import os; print(sorted(os.listdir('/run/council')))") == "['hub.sock', 'portal.sock']\n"


def test_released_lessons_and_datasets_can_be_read_and_not_changed(inside: Inside) -> None:
    for name in ("COUNCIL_RELEASED", "COUNCIL_DATASETS"):
        assert inside.run(f"import os; print(len(os.listdir(os.environ['{name}'])) > 0)") == "True\n"
        program = f"import os\nopen(os.environ['{name}'] + '/left-by-a-test', 'x')"
        assert inside.run(program).startswith("OSError")


def test_released_lessons_hold_no_solution_and_no_check(inside: Inside) -> None:
    program = (
        "import os\n"
        "for folder, _, files in os.walk(os.environ['COUNCIL_RELEASED']):\n"
        "    for name in files: print(name)\n"
        "    text = ''.join(open(os.path.join(folder, name)).read() for name in files)\n"
        "    assert 'BEGIN SOLUTION' not in text and 'BEGIN HIDDEN' not in text, folder\n"
    )
    names = inside.run(program).split()
    assert names
    assert not {"checks.py", "lesson.py"} & set(names)
    assert "AssertionError:" not in names


def test_a_learner_cannot_enter_another_s_server(product: Product, inside: Inside) -> None:
    client = product.login("learner")
    answer = client.get(f"{product.server('learner2')}/api/contents", headers=inside.headers)
    assert answer.status_code == 403


def test_what_a_learner_writes_is_in_their_home_and_closed_to_others(product: Product, inside: Inside) -> None:
    inside.run("open('/home/learner/kept.txt', 'w').write('work')")
    kept = product.state / "homes" / "learner" / "kept.txt"
    assert kept.read_text() == "work"
    assert kept.stat().st_mode & 0o077 == 0
    assert kept.parent.stat().st_mode & 0o077 == 0
