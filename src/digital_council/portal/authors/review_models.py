"""Models of reviews and releases: the shapes of what the interface takes and gives."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from digital_council.portal.models import Taken


class ReviewIn(Taken):
    reviewer: str = Field(min_length=1, max_length=255, description="An author, or an account the settings name.")
    note: str = Field(default="", max_length=2000, description="What to look at.")
    release: str = Field(default="", max_length=64, description="Send this release alone; 409 if it has changed.")


class ReviewBrief(BaseModel):
    id: str
    course: str
    unit: str
    release: str
    author: str | None
    reviewer: str | None
    note: str
    sent_at: str
    state: Literal["proving", "unproved", "waiting", "released", "returned", "withdrawn"]
    comment: str
    problems: list[dict[str, Any]] = Field(description="Where it is unproved: what is to be mended, by file and line.")
    decided_at: str | None
    page: str = Field(description="Where the review is read and decided.")


class Change(BaseModel):
    course: str
    unit: str
    release: str
    title: str
    is_new: bool
    is_sent: bool
    is_proving: bool


class ReviewList(BaseModel):
    to_do: list[ReviewBrief] = Field(description="Waiting for you.")
    sent: list[ReviewBrief]
    changed: list[Change] = Field(description="Units whose text in courses/ learners are not given yet.")


class Attempted(BaseModel):
    about: str
    outcome: str


class FileChange(BaseModel):
    file: str
    added: int
    taken_out: int
    lines: list[tuple[str, str]] = Field(description="Kind (added, taken out, place or empty) and text.")


class ReviewOut(ReviewBrief):
    attempts: list[Attempted] = Field(description="What was proved of it: each attempt and its outcome.")
    before: str | None = Field(description="The release learners are given now.")
    differences: list[FileChange]
    questions: dict[str, list[str]] = Field(description="Ids that are new, gone, or changed.")


class Decision(Taken):
    decision: Literal["released", "returned", "withdrawn"]
    comment: str = Field(default="", max_length=2000, description="Needed with `returned`.")


class ReleaseOut(BaseModel):
    release: str
    at: str | None
    how: str = Field(examples=["review"], description="review, undo, or start for the start of the product.")
    by: str | None
    is_current: bool


class ReleaseList(BaseModel):
    releases: list[ReleaseOut]


class CurrentIn(Taken):
    release: str = Field(min_length=1, max_length=64)
