"""Models of apps: what the interface takes and gives about them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from digital_council.portal.models import Taken

Name = Annotated[str, Field(min_length=1, max_length=200)]
Verb = Literal["published", "shared", "opened", "rolled-back", "retired"]


class AppOut(BaseModel):
    """An app as the gallery shows it."""

    id: str = Field(examples=["street-reports"])
    title: str
    summary: str
    url: str = Field(description="Where it is opened: an origin of its own.")
    version: int
    owner: str = Field(description="Name and job of whoever answers for it.")
    audience: list[str] = Field(examples=[["role-leader", "team-street-services", "person-partner"]])
    audience_in_words: str = Field(examples=["leaders and the street services team"])
    datasets: list[str]
    sensitivity: str = Field(examples=["OFFICIAL"])
    updated: str
    review: str = Field(description="The day it is to be looked at again.", examples=["2030-03-31"])
    overdue: bool = Field(description="Whether that day has passed.")
    thumbnail: str
    opened: int = Field(description="How often it was opened in the last 90 days.")
    shipped: bool = Field(description="Whether it came with the product.")


class AppList(BaseModel):
    apps: list[AppOut]
    next: str | None


class AppVersionOut(BaseModel):
    number: int
    published_at: str
    publisher: str
    live: bool


class AppEventOut(BaseModel):
    at: str
    account: str | None = Field(description="Null for somebody who has been erased.")
    name: str
    verb: Verb
    result: dict[str, Any]


class AppDetail(AppOut):
    """An app with its versions and, for its owner and operators, what was done with it."""

    versions: list[AppVersionOut]
    retired: bool
    may: list[str] = Field(description="What you may do with it.", examples=[["open", "share", "rollback", "retire"]])
    events: list[AppEventOut] | None = Field(description="Who did what with it, newest first; null unless it is yours.")


class AppEventList(BaseModel):
    events: list[AppEventOut]
    next: str | None


class ShareIn(Taken):
    """Accounts, `team-…`, `directorate-…`, `role-…`, `org-…` or `everyone`."""

    with_: list[Name] = Field(default_factory=list, max_length=200, alias="with", examples=[["leader2", "everyone"]])
    without: list[Name] = Field(default_factory=list, max_length=200)


class RollbackIn(Taken):
    version: int | None = Field(default=None, ge=1, le=2**31 - 1, description="By default the one before.")


class FindingOut(BaseModel):
    kind: str = Field(examples=["disclosure"])
    cell: int | None
    title: str
    sign: str
    line: str = Field(examples=["cell 3: names that may be of people in 2 places; redact them"])


class PublicationOut(BaseModel):
    """A notebook on its way through the gate."""

    id: str
    app: str
    state: Literal["waiting", "running", "published", "unchanged", "refused", "could-not-check"]
    step: str = Field(examples=["running cell 3 of 9"])
    cell: int
    of: int
    detail: str
    version: int | None
    findings: list[FindingOut]
