"""Signing in: it leads back to a page of the portal and to no other place."""

import pytest

from digital_council.portal.rights.sessions import PREFIX
from digital_council.portal.rights.signin import safe_next

ELSEWHERE = (
    "//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "",
    "/services/councilevil", "@evil.example", "//evil.example/services/council/", "/hub/logout",
    "/services/council/\t//evil.example", "/services/council/\n//evil.example", "/services/council/\\evil.example",
    "/services/council/../../hub/logout", "/services/council/a/..//evil.example", "/services/council/..",
    "/services/council/%2E%2e/apps/", "/services/council/.%2e?x",
)  # fmt: skip
HERE = ("", "apps", "search?q=a..b", "courses/x/units/y?attempt=1", "open/spend/query?where=a%3E1", "datasets/..a")


@pytest.mark.parametrize("path", ELSEWHERE)
def test_no_address_leads_elsewhere_after_signing_in(path):
    assert safe_next(path) == PREFIX


@pytest.mark.parametrize("path", HERE)
def test_a_page_of_the_portal_is_come_back_to(path):
    assert safe_next(f"{PREFIX}{path}") == f"{PREFIX}{path}"
