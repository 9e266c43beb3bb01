"""Visibility: which datasets a person may see; what is not public is for those whose work it is."""

from __future__ import annotations

from digital_council.datasets import store
from digital_council.datasets.description import Description
from digital_council.datasets.errors import DescriptionError, UnknownDatasetError
from digital_council.datasets.publication import gate
from digital_council.portal.problems import Problem
from digital_council.portal.rights.identity import Identity


def may_see(who: Identity | None, dataset: Description) -> bool:
    """Open data for everybody; the rest by role; through an app only what the app declares as well."""
    if who is not None and who.viewer is not None and dataset.id not in who.viewer.datasets:
        return False
    return gate.shown_to(dataset, who.roles if who else frozenset())


def datasets_for(who: Identity | None) -> list[Description]:
    return [dataset for dataset in store.catalogue() if may_see(who, dataset)]


def dataset_for(who: Identity | None, dataset_id: str) -> Description:
    """The dataset; raises a 404 problem when there is none, a 403 when this person may not see it."""
    try:
        dataset = store.describe(dataset_id)
    except (UnknownDatasetError, DescriptionError):
        raise Problem(404, f"There is no dataset {dataset_id[:80]!r}; GET datasets lists what there is.") from None
    if not may_see(who, dataset):
        raise Problem(403, _refusal(who, dataset))
    return dataset


def _refusal(who: Identity | None, dataset: Description) -> str:
    if who is not None and who.viewer is not None and gate.shown_to(dataset, who.roles):
        return f"The dataset {dataset.id!r} is not among those that this app says it reads; publish it with its name."
    return f"The dataset {dataset.id!r} is not published; its owner is {dataset.owner}."


def public_dataset(dataset_id: str) -> Description:
    """An open dataset; one that is not published is as absent as one that never was."""
    try:
        return dataset_for(None, dataset_id)
    except Problem:
        raise Problem(404, f"There is no open dataset {dataset_id[:80]!r}.") from None
