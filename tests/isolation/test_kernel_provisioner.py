"""A real Jupyter kernel in a fork: driven as any client drives one."""

import os
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory

from digital_council.kernel import bubblewrap, provisioner, warm
from digital_council.kernel.limits import Limits
from digital_council.kernel.processes import family
from digital_council.kernel.warm import WarmKernel

pytestmark = [
    pytest.mark.skipif(not bubblewrap.probe().ok, reason=bubblewrap.probe().message),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    entry = EntryPoint("council-warm", "digital_council.kernel.provisioner:WarmProvisioner", "")
    KernelProvisionerFactory.instance().provisioners.setdefault("council-warm", entry)
    with WarmKernel(Limits(memory_mb=512), preload=warm.PRELOAD + provisioner.PRELOAD) as kernel:
        os.environ["COUNCIL_KERNEL"] = kernel.address
        yield kernel.address
        del os.environ["COUNCIL_KERNEL"]


@pytest.fixture
def manager(address: str) -> Iterator[KernelManager]:
    made = KernelManager()
    made._kernel_spec = KernelSpec(
        argv=["unused"],
        display_name="Warm",
        language="python",
        metadata={"kernel_provisioner": {"provisioner_name": "council-warm"}},
    )
    made.start_kernel(env={**os.environ, "COUNCIL_VIEWER_TOKEN": "for this viewer", "JUPYTERHUB_API_TOKEN": "secret"})
    yield made
    made.shutdown_kernel(now=True)


def run(client: Any, code: str) -> Any:
    """The value of an expression in the kernel."""
    said = client.execute("", user_expressions={"value": code}, reply=True, timeout=120)["content"]
    value = said["user_expressions"]["value"]
    return value["data"]["text/plain"] if value["status"] == "ok" else value["ename"]


@pytest.fixture
def client(manager: KernelManager) -> Iterator[Any]:
    made = manager.client()
    made.start_channels()
    made.wait_for_ready(timeout=120)
    yield made
    made.stop_channels()


def test_a_kernel_runs_cells_in_the_sandbox(client: Any) -> None:
    assert run(client, "6 * 7") == "42"
    assert run(client, "__import__('os').getcwd()") == "'/run/work'"
    assert run(client, "open('/etc/shadow')") == "FileNotFoundError"
    assert run(client, "__import__('socket').socket()") == "OSError"


def test_a_kernel_is_given_the_viewer_s_token_and_none_of_its_server_s(client: Any) -> None:
    assert run(client, "__import__('os').environ['COUNCIL_VIEWER_TOKEN']") == "'for this viewer'"
    assert run(client, "'JUPYTERHUB_API_TOKEN' in __import__('os').environ") == "False"


def test_only_sockets_can_be_made_in_the_folder_shared_with_the_host(client: Any) -> None:
    assert run(client, "len(__import__('os').listdir('/run/kernel'))") == "5"
    assert run(client, "open('/run/kernel/planted', 'w')") == "PermissionError"
    assert run(client, "__import__('os').listdir('/run/shared')") == "[]"


def test_a_kernel_can_be_interrupted_and_restarted(manager: KernelManager, client: Any) -> None:
    client.execute("kept = 1; print('running', flush=True)\nwhile True: pass")
    while client.get_iopub_msg(timeout=120)["msg_type"] != "stream":
        pass
    manager.interrupt_kernel()
    assert client.get_shell_msg(timeout=120)["content"]["ename"] == "KeyboardInterrupt"
    assert run(client, "kept") == "1"
    manager.restart_kernel(now=True)
    client.wait_for_ready(timeout=120)
    assert run(client, "kept") == "NameError"


def test_shutting_a_kernel_down_leaves_nothing(manager: KernelManager) -> None:
    members, folder = family(manager.provisioner.fork.pid), Path(manager.ip).parent
    assert len(members) == 2
    manager.shutdown_kernel(now=True)
    assert not [pid for pid in members if Path(f"/proc/{pid}/exe").exists()]
    assert not folder.exists()
