"""The interface against its own document: schemathesis asks what it likes, and every answer is as described."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import booleans
from schemathesis import GenerationMode
from schemathesis.specs.openapi import checks

sys.path.insert(0, str(Path(__file__).parent))

from portal_parts import API, Running, running

COURSE, UNIT = "finding-and-trusting-data", "what-is-one-row"
REAL = {"course": COURSE, "unit": UNIT, "question": "key_columns", "id": "wards", "account": "learner",
        "table": "figures", "kind": "csv", "path": "everyone"}  # fmt: skip
EXAMPLES = 8


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("portal") / "state") as found:
        yield found


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("account", ["learner", "operator"])
def test_every_answer_is_as_described(portal: Running, account: str, mode: GenerationMode):
    for found in _interface(portal).get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.POSITIVE or operation.body or operation.query:
            _explore(operation, account, mode)


def _interface(portal: Running) -> schemathesis.BaseSchema:
    """The document without its security: who asks is given with each call, never left out as an experiment."""
    document = httpx.get(f"{portal.origin}/services/council/api/openapi.json").json()
    for operations in document["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)
    interface = schemathesis.openapi.from_dict(document)
    interface.config.update(base_url=portal.origin)
    return interface


def _explore(operation: schemathesis.APIOperation, account: str, mode: GenerationMode) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), is_real=booleans())
    def ask(case: schemathesis.Case, is_real: bool) -> None:
        # Made-up ids would only ever meet 404, so half of the examples name things that are there.
        if is_real and mode is GenerationMode.POSITIVE:
            case.path_parameters.update({key: REAL[key] for key in case.path_parameters})
        case.call_and_validate(
            headers={"Authorization": f"token token-{account}"},
            excluded_checks=[checks.ignored_auth, checks.positive_data_acceptance],
        )

    ask()


def test_the_document_describes_every_call_that_was_promised(portal: Running):
    paths = httpx.get(f"{portal.origin}/services/council/api/openapi.json").json()["paths"]
    unit = "/courses/{course}/units/{unit}"
    promised = {
        "/me": {"get"}, "/courses": {"get"}, "/courses/{course}": {"get"}, unit: {"get"},
        f"{unit}/draft": {"get", "put"}, f"{unit}/check": {"post"}, f"{unit}/hints/{{question}}": {"post"},
        f"{unit}/attempts": {"post"}, "/attempts": {"get"}, "/attempts/{id}": {"get"}, "/run": {"post"},
        "/progress": {"get"}, "/progress/figures": {"get"}, "/progress/{table}.{kind}": {"get"},
        "/datasets": {"get"}, "/datasets/{id}": {"get"}, "/datasets/{id}/data.csv": {"get"},
        "/catalog.jsonld": {"get"}, "/search": {"get"}, "/apps": {"get", "post"}, "/apps/{id}/share": {"post"},
        "/apps/{id}/rollback": {"post"}, "/apps/{id}/retire": {"post"}, "/apps/{id}": {"get"},
        "/apps/{id}/events": {"get"}, "/apps/{id}/thumbnail": {"get"}, "/apps/publications/{id}": {"get"},
        "/health": {"get"},
        "/attempts/{id}/restore": {"post"}, "/attempts/{id}/marks": {"put"}, "/attempts/{id}/regrade": {"post"},
        "/unchecked": {"get"}, "/unchecked/{id}/queue": {"post"},
        f"{unit}/allowances": {"get"}, f"{unit}/allowances/{{account}}": {"put"},
        "/authoring/figures": {"get"},
        "/paths": {"get"}, "/paths/{path}": {"get"}, "/due": {"get"}, "/calendar": {"get"}, "/calendar/renew": {"post"},
        "/enrolments": {"get", "post"}, "/enrolments/{id}": {"delete"}, "/people/{account}": {"delete"},
        "/reviews": {"get"}, "/reviews/{id}": {"get"}, "/reviews/{id}/decision": {"post"},
        f"{unit}/reviews": {"post"}, f"{unit}/releases": {"get"}, f"{unit}/current": {"put"},
        f"{unit}/regrade": {"post"}, f"{unit}/release": {"post"}, f"{unit}/awaiting": {"get"},
    }  # fmt: skip
    assert {path.removeprefix(API): set(operations) for path, operations in paths.items()} == promised
