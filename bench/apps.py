"""How soon an app shows and comes alive, and what each viewer costs, beside stock Voila with the same notebook.

`python bench/apps.py [--viewers 1 10 50] [--json]`. Over HTTP and websockets as browsers speak them, without a
browser's own time. *Shown*: words of the app have arrived that a browser shows (stock Voila hides them until every cell
has run). *Alive*: the kernel's widgets have answered. Stock Voila is asked by five at the most: fifty would take 5 GB.
The visitors run on the same processors, so with many of them the times are theirs too. Memory is private to a viewer.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import nbformat
import psutil
from websockets.sync.client import ClientConnection, connect

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from digital_council.settings import PROJECT
from tests.conftest import Loopback, Product, free_port, start, stop

AIM_SHOWN, AIM_ALIVE, AIM_MB = 0.5, 1.5, 40.0
STOCK_MOST = 5
LONGEST = 180.0
FILLS = 10.0
"""Seconds in which stock Voila's pool of two kernels has run the notebook in both."""
CELLS = (
    "# Figures by team",
    "import io, base64\nimport ipywidgets as widgets\nimport matplotlib.pyplot as plt\nimport pandas as pd\n"
    "from IPython.display import HTML, display",
    "frame = pd.DataFrame({'team': [f'Team {n}' for n in range(12)], 'staff': range(20, 32), 'done': range(5, 17)})",
    "choice, view = widgets.Dropdown(options=['done', 'staff'], description='Figure:'), widgets.Output()\n"
    "def show(change=None):\n    view.clear_output(wait=True)\n    with view:\n"
    "        figure, axes = plt.subplots(figsize=(7, 4))\n        axes.barh(frame['team'], frame[choice.value])\n"
    "        file = io.BytesIO()\n        figure.savefig(file, format='png')\n        plt.close(figure)\n"
    "        display(HTML(f'<img src=\"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}\">'))\n"
    "        display(HTML(frame.to_html()))\nchoice.observe(show, names='value')\nshow()\ndisplay(choice, view)",
)
DESCRIPTION = """title = "Figures"
summary = "For timing."
owner = "Learning and development"
audience = ["leader"]
datasets = []
sensitivity = "OFFICIAL"
review_date = 2030-04-01
"""


@dataclass
class Visit:
    """One viewer's opening, in seconds from the click, and the kernel they hold."""

    shown: float
    alive: float
    kernel: str
    line: ClientConnection
    """Open for as long as the viewer stays: a kernel that its page has left is ended."""


@dataclass
class House:
    """A server of the app: where, as whom, and which process tree holds the kernels."""

    name: str
    url: str
    client: Callable[[], httpx.Client]
    service: Callable[[], psutil.Process]
    whole: Callable[[], list[psutil.Process]]
    hides: bool
    refill: float = 0.0
    """Seconds after which a pool has put new kernels in the place of those that were taken."""


def notebook(folder: Path) -> Path:
    folder.mkdir(parents=True)
    make = {True: nbformat.v4.new_markdown_cell, False: nbformat.v4.new_code_cell}
    spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[make[c[0] == "#"](c) for c in CELLS], metadata=spec),
                   folder / "app.ipynb")  # fmt: skip
    (folder / "app.toml").write_text(DESCRIPTION)
    return folder / "app.ipynb"


def visit(house: House) -> Visit:
    """Open the page, then connect to its kernel and ask which widgets there are, as its scripts would."""
    client, began, text, shown = house.client(), time.perf_counter(), "", 0.0
    with client.stream("GET", house.url) as answer:
        assert answer.status_code == 200, answer.status_code
        for piece in answer.iter_text():
            text += piece
            if not shown and not house.hides and "Figures by team" in text:
                shown = time.perf_counter() - began
    shown = shown or time.perf_counter() - began
    kernel = re.search(r'"kernelId": "([0-9a-f-]+)"', text)
    assert kernel, "the page names no kernel"
    line = widgets(house, client, kernel[1])
    return Visit(shown, time.perf_counter() - began, kernel[1], line)


def base(house: House) -> str:
    parts = urlsplit(house.url)
    return f"{parts.scheme}://{parts.netloc}" + ("/services/apps" if "/services/" in parts.path else "")


def widgets(house: House, client: httpx.Client, kernel: str) -> ClientConnection:
    """Ask over a websocket which widgets there are, and wait for the answer; the websocket."""
    address = f"{base(house)}/api/kernels/{kernel}/channels?session_id={uuid4().hex}".replace("http", "ws", 1)
    mine = (each for each in client.cookies.jar if each.path in ("/", "/services/apps/"))
    cookies = {"Cookie": "; ".join(f"{each.name}={each.value}" for each in mine)}
    header = {"msg_id": uuid4().hex, "session": uuid4().hex, "username": "", "version": "5.3"}
    ask = {"header": {**header, "msg_type": "comm_info_request"}, "content": {"target_name": "jupyter.widget"}}
    parts = urlsplit(address)
    wire = socket.create_connection(("127.0.0.1", parts.port or 80))  # names under localhost are here
    origin = f"http://{parts.netloc}"
    line = connect(address, sock=wire, additional_headers=cookies, origin=origin, max_size=None,
                   open_timeout=LONGEST, close_timeout=1, legacy=True)  # fmt: skip
    line.send(json.dumps({**ask, "parent_header": {}, "metadata": {}, "channel": "shell", "buffers": []}))
    while json.loads(line.recv(timeout=LONGEST)).get("msg_type") != "comm_info_reply":
        pass
    return line


def close(house: House, gone: Visit) -> None:
    gone.line.close()
    client = house.client()
    token = next((each.value or "" for each in client.cookies.jar if each.name == "_xsrf" and "apps" in each.path), "")
    client.post(f"{base(house)}/voila/api/shutdown/{gone.kernel}", headers={"X-XSRFToken": token})


def private(processes: Sequence[psutil.Process]) -> dict[int, float]:
    found = {}
    for process in processes:
        with suppress(psutil.Error):
            found[process.pid] = process.memory_full_info().uss / 1e6
    return found


def processor(processes: Sequence[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        with suppress(psutil.Error):
            total += sum(process.cpu_times()[:4])
    return total


def family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def crowd(house: House, count: int) -> dict[str, float]:
    """So many at once; what each waited for and what each cost."""
    service = house.service()
    before, used = private(family(service)), processor(house.whole())
    with ThreadPoolExecutor(count) as pool:
        visits = list(pool.map(lambda _: visit(house), range(count)))
    time.sleep(house.refill)
    used = processor(house.whole()) - used
    after = private(family(service))
    new = sum(size for pid, size in after.items() if pid not in before) + after[service.pid] - before[service.pid]
    for each in visits:
        close(house, each)
    alive = sorted(each.alive for each in visits)
    return {
        "shown": statistics.median(each.shown for each in visits), "shown last": max(each.shown for each in visits),
        "alive": statistics.median(alive), "alive last": alive[-1], "MB": new / count, "processor": used / count,
    }  # fmt: skip


@contextmanager
def ours(folder: Path) -> Iterator[House]:
    root = folder / "project"
    root.mkdir()
    for name in ("datasets", "node_modules", "grading", "courses", "hub_config", "pyproject.toml"):
        (root / name).symlink_to(PROJECT / name)
    notebook(root / "notebooks" / "apps" / "figures")
    os.environ["COUNCIL_PROJECT"] = str(root)
    product = start(folder / "state")
    address = product.url.replace("//council.", "//apps.").replace("/services/council/", "/services/apps/figures")
    try:
        product.login("leader").get(address)
        yield House("Digital Council", address, lambda: viewer(product), lambda: service(product),
                    lambda: family(psutil.Process(product.process.pid)), False)  # fmt: skip
    finally:
        stop(product)


def viewer(product: Product) -> httpx.Client:
    client = httpx.Client(transport=Loopback(), timeout=LONGEST, follow_redirects=True)
    client.cookies = httpx.Cookies(product.login("leader").cookies)
    return client


def service(product: Product) -> psutil.Process:
    found = family(psutil.Process(product.process.pid))
    return next(each for each in found if each.cmdline()[-2:] == ["-m", "digital_council.apps"])


@contextmanager
def stock(folder: Path, *words: str) -> Iterator[House]:
    port = free_port()
    path = notebook(folder)
    options = (f"--port={port}", "--no-browser", "--Voila.ip=127.0.0.1", *words)
    command = [sys.executable, "-m", "voila", str(path), *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/"
    root = psutil.Process(process.pid)
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with suppress(httpx.TransportError):
                httpx.get(f"{url}voila/static/voila.js", timeout=5)
                break
            time.sleep(0.2)
        refill = FILLS if words else 0.0
        time.sleep(refill)
        name = "stock Voila, kernel pool" if words else "stock Voila"
        yield House(name, url, lambda: httpx.Client(timeout=LONGEST), lambda: root, lambda: family(root), True, refill)
    finally:
        process.terminate()
        process.wait(30)


def measured(counts: Sequence[int]) -> list[dict[str, Any]]:
    folder, found = Path(tempfile.mkdtemp(prefix="council-bench-")), []
    few = sorted({min(count, STOCK_MOST) for count in counts})
    try:
        with ours(folder) as house:
            close(house, visit(house))  # what was seen last is there from now on
            found += [{"server": house.name, "viewers": count, **crowd(house, count)} for count in counts]
        for name, words in (("stock", ()), ("pool", ("--preheat_kernel=True", "--pool_size=2"))):
            with stock(folder / name, *words) as house, suppress(httpx.TransportError):  # one that ended is left out
                visit(house)
                time.sleep(house.refill)
                found += [{"server": house.name, "viewers": count, **crowd(house, count)} for count in few]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def shown(found: Sequence[dict[str, Any]]) -> None:
    print(f"{'':<26} viewers   shown (last)      alive (last)      MB each   processor s each")
    for row in found:
        first = f"{row['shown']:5.2f} ({row['shown last']:5.2f})"
        then = f"{row['alive']:5.2f} ({row['alive last']:5.2f})"
        cost = f"{row['MB']:7.1f}   {row['processor']:.2f}"
        print(f"{row['server']:<26} {row['viewers']:>7}   {first}     {then}    {cost}")
    aims = f"shown in {AIM_SHOWN} s, alive in {AIM_ALIVE} s; {AIM_MB:.0f} MB for each"
    print(f"aims, the times for one viewer: {aims}; load of the machine at the end: {os.getloadavg()[0]:.1f}")


def within(found: Sequence[dict[str, Any]]) -> bool:
    mine = [row for row in found if row["server"] == "Digital Council"]
    one = mine[0]
    return one["shown"] <= AIM_SHOWN and one["alive"] <= AIM_ALIVE and all(row["MB"] <= AIM_MB for row in mine[-1:])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measured(options.viewers)
    if options.json:
        print(json.dumps(found, indent=1))
    else:
        shown(found)
    return 0 if within(found) else 1


if __name__ == "__main__":
    sys.exit(main())
