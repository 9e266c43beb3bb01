"""axe-core on a page: what it finds, as one list."""

from __future__ import annotations

from functools import cache

from playwright.sync_api import Page

from digital_council.settings import PROJECT

SCRIPT = PROJECT / "node_modules/axe-core/axe.min.js"


@cache
def _script() -> str:
    return SCRIPT.read_text(encoding="utf-8")


def faults(page: Page) -> list[tuple[str, list[str]]]:
    """Every rule broken, whatever its impact, with the elements that break it; the page must bypass its own policy."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_script())
    found = page.evaluate("axe.run()")
    return [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found["violations"]]


def scrolls_sideways(page: Page) -> bool:
    """Whether something is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
