"""How quick a lesson's page is for one learner: the view at the server, and Run for every cell of the curriculum.

`python bench/pages.py [--json]`. A real product is started on a state of its own. How many learners at once it carries
is measured by `bench/load.py`.
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

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from digital_council import courses
from tests.conftest import Product, start

AIMS = {
    "a view at the server, median": "0.1 s",
    "Run, median": "0.4 s",
}
UNIT = ("finding-and-trusting-data", "what-is-one-row")
PORTAL = "/services/council"


def page_of(course: str, unit: str) -> str:
    return f"{PORTAL}/courses/{course}/units/{unit}"


def at_the_server(product: Product, token: str, views: int = 60) -> list[float]:
    """Seconds of each of many views one after the other, on the portal's own socket, with no proxy between."""
    transport = httpx.HTTPTransport(uds=str(product.state / "run" / "sandbox" / "portal.sock"))
    headers = {"Authorization": f"token {token}", "Accept": "text/html", "Accept-Encoding": "gzip"}
    taken = []
    with httpx.Client(transport=transport, base_url="http://portal", headers=headers, timeout=30) as client:
        client.get(page_of(*UNIT)).raise_for_status()
        for _ in range(views):
            began = time.perf_counter()
            client.get(page_of(*UNIT)).raise_for_status()
            taken.append(time.perf_counter() - began)
    return taken


def runs(product: Product, token: str) -> list[float]:
    """Seconds of one Run for every question of the curriculum that takes code, with the author's own code in it."""
    transport = httpx.HTTPTransport(uds=str(product.state / "run" / "sandbox" / "portal.sock"))
    headers = {"Authorization": f"token {token}"}
    taken = []
    with httpx.Client(transport=transport, base_url=f"http://portal{PORTAL}/api/v1", headers=headers) as client:
        for unit in (unit for course in courses.load() for unit in course.units):
            for question in unit.questions:
                if not (question.runs_code or question.code):
                    continue
                code = unit.cell(question.id).solved
                body = {"course": unit.course, "unit": unit.id, "cells": {question.id: code}, "upto": question.id}
                began = time.perf_counter()
                client.post("/run", json=body, timeout=60).raise_for_status()
                taken.append(time.perf_counter() - began)
    return taken


def measured() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        product = start(Path(folder) / "state")
        try:
            token = product.token("learner")
            until = time.monotonic() + 90
            kept = product.state / "examples"
            units = sum(len(course.units) for course in courses.load())
            while len(list(kept.rglob("*.json"))) < units and time.monotonic() < until:
                time.sleep(0.5)  # the examples of a first start are being run, and would be measured as well
            single = at_the_server(product, token)
            ran = runs(product, token)
        finally:
            product.stop()
    return {
        "a view at the server, median": statistics.median(single),
        "a view at the server, 95 %": statistics.quantiles(single, n=20)[-1],
        "Run, median": statistics.median(ran),
        "Run, 95 %": statistics.quantiles(ran, n=20)[-1],
        "Run, cells": len(ran),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = measured()
    figures["load average"] = os.getloadavg()[0]
    if arguments.json:
        print(json.dumps(figures, indent=2))
        return
    print(f"load of the machine {figures.pop('load average'):.1f} on {os.cpu_count()} cores")
    for name, value in figures.items():
        aim = f"   aim {AIMS[name]}" if name in AIMS else ""
        print(f"  {name:<44}{value:9.3f}{aim}" if isinstance(value, float) else f"  {name:<44}{value:9d}{aim}")


if __name__ == "__main__":
    main()
