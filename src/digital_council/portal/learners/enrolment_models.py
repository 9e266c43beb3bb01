"""Models of paths, enrolments, what is due, and calendars: the shapes of what the interface takes and gives."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, Field

from digital_council.portal.models import NeedOut, Taken, UnitLink

WHAT = Field(min_length=1, max_length=200, description="A path or a course.", examples=["path/everyone"])


class PlannedUnit(UnitLink):
    course: str
    minutes: int
    standing: str = Field(examples=["Begun"])
    due: str | None
    pressing: str = Field(description="Overdue, Due today, Due soon, or empty.")
    needs: list[NeedOut]


class PathBrief(BaseModel):
    id: str
    title: str
    audience: str
    summary: str
    page: str
    enrolled: bool
    done: int
    of: int


class PathList(BaseModel):
    paths: list[PathBrief]


class PathOut(PathBrief):
    units: list[PlannedUnit]


class EnrolmentIn(Taken):
    """Without `place` you join yourself; managers and operators enrol a team or a directorate."""

    what: str = WHAT
    due: date | None = Field(default=None, examples=["2030-03-31"])
    place: str | None = Field(default=None, max_length=120, examples=["team:customer-contact"])


class EnrolmentOut(BaseModel):
    id: str
    what: str
    title: str
    place: str | None = Field(description="Null where it is your own.")
    due: str | None
    at: str


class EnrolmentList(BaseModel):
    mine: list[EnrolmentOut] = Field(description="Your own, and those of where you work.")
    places: list[EnrolmentOut] = Field(description="What is set for places that you may enrol.")
    may_enrol: list[str]


class DueList(BaseModel):
    due: list[PlannedUnit] = Field(description="What is due and not completed, the first first.")


class CalendarOut(BaseModel):
    address: str = Field(description="Private: whoever knows it sees what is due for you. Renew it to end it.")
