"""How long people wait for the product to start, and what it holds in memory.

`python bench/start.py [--runs 3] [--json]`. Wall times depend on what else the machine does, so processor seconds are
given beside them. Memory is PSS: each process's fair share of what it shares with others.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from digital_council.hub.doctor import chromium_path
from tests.conftest import Product, start

AIMS = {"ready, warm": 10.0, "sign-in to JupyterLab's page": 3.0, "sign-in to JupyterLab usable": 3.0}
MEMORY_AIM = 120
PARTS = {
    "council serve": "serve --port",
    "hub": "digital_council.hub.application",
    "proxy": "configurable-http-proxy",
    "portal": "digital_council.portal",
    "apps": "digital_council.apps",
    "idle culler": "jupyterhub_idle_culler",
    "learner's server": "digital_council.hub.singleuser",
    "warm kernel": "digital_council.kernel",
    "graders": "multiprocessing",
}


def family(product: Product) -> list[psutil.Process]:
    root = psutil.Process(product.process.pid)
    return [root, *root.children(recursive=True)]


def processor(product: Product) -> float:
    """Processor seconds of everything that runs, and of what it started and has ended."""
    total = 0.0
    for process in family(product):
        try:
            total += sum(process.cpu_times()[:4])
        except psutil.Error:
            continue
    return total


def memory(product: Product) -> dict[str, float]:
    """MB by part."""
    found: dict[str, float] = {}
    for process in family(product):
        try:
            words = process.cmdline()
            part = next((name for name, word in PARTS.items() if word in " ".join(words)), None)
            if part and not words[0].endswith("bwrap"):
                found[part] = found.get(part, 0) + process.memory_full_info().pss / 1e6
        except psutil.Error:
            continue
    return found


def timed_start(state: Path) -> tuple[Product, float]:
    began = time.monotonic()
    product = start(state)
    return product, time.monotonic() - began


def lab_page(product: Product, account: str) -> float:
    """From pressing Sign in to JupyterLab's page having come."""
    began = time.monotonic()
    product.open_lab(account)
    return time.monotonic() - began


def lab_usable(product: Product, account: str, chromium: str) -> float:
    """From pressing Sign in to the launcher standing in a real browser, with its cache cold."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{product.hub}/hub/login?next=/hub/user-redirect/lab")
        page.fill("#username_input", account)
        page.fill("#password_input", product.password(account))
        began = time.monotonic()
        page.click("#login_submit")
        page.wait_for_selector(".jp-LauncherCard", timeout=90_000)
        taken = time.monotonic() - began
        browser.close()
        return taken


def run(state: Path) -> dict[str, Any]:
    """One warm start and what follows it."""
    product, ready = timed_start(state)
    try:
        figures: dict[str, Any] = {"ready, warm": ready, "processor seconds at ready": processor(product)}
        figures["sign-in to JupyterLab's page"] = lab_page(product, "learner")
        chromium = chromium_path()
        if chromium:
            figures["sign-in to JupyterLab usable"] = lab_usable(product, "learner2", chromium)
        product.login("learner").close()
        figures["memory"] = memory(product)
        figures["memory"]["learner's server"] /= 2 if chromium else 1  # learner's and learner2's
    finally:
        figures["stop"] = product.stop()
    return figures


def median(runs: list[dict[str, Any]], key: str) -> float:
    return statistics.median(figures[key] for figures in runs)


def report(first: float, runs: list[dict[str, Any]]) -> None:
    print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, {len(runs)} warm starts, medians")
    print(f"  {'ready, very first start':<34}{first:6.1f} s")
    for key in [name for name in runs[0] if name != "memory"]:
        aim = f"   aim {AIMS[key]:.0f}" if key in AIMS else ""
        print(f"  {key:<34}{median(runs, key):6.1f} s{aim}")
    for part in PARTS:
        shares = [figures["memory"][part] for figures in runs if part in figures["memory"]]
        aim = f"  aim {MEMORY_AIM}" if part == "learner's server" else ""
        if shares:
            print(f"  memory of {part:<24}{statistics.median(shares):6.0f} MB{aim}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        product, first = timed_start(state)
        product.stop()
        runs = [run(state) for _ in range(arguments.runs)]
    if arguments.json:
        print(json.dumps({"first": first, "runs": runs}, indent=1))
    else:
        report(first, runs)


if __name__ == "__main__":
    main()
