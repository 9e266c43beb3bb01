"""Models: the shapes of what the interface takes and gives, with examples."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

MOST_ANSWERS = 200
State = Literal["received", "running", "awaiting-mark", "withheld", "done", "superseded"]
Outcome = Literal["passed", "not-yet", "could-not-check"]
QuestionId = Annotated[str, Field(min_length=1, max_length=80)]
Answers = Annotated[
    dict[QuestionId, JsonValue],
    Field(max_length=MOST_ANSWERS, description="Values by question id.", examples=[{"enough_rows": "b"}]),
]


class Taken(BaseModel):
    """A body somebody sends: unknown keys are refused, so that a misspelt one is not lost in silence."""

    model_config = ConfigDict(extra="forbid")


class ProblemDocument(BaseModel):
    """An error, after RFC 9457."""

    model_config = ConfigDict(title="Problem", extra="allow")

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no course 'x'; GET courses lists what there is."])
    instance: str = Field(examples=["/services/council/api/v1/courses/x"])


class Me(BaseModel):
    """Who is asking."""

    account: str = Field(examples=["learner"])
    name: str
    roles: list[str] = Field(examples=[["learner"]])
    organisation: str | None
    directorate: str | None
    team: str | None
    job: str | None
    manages: list[str]
    oversees: list[str]


class UnitLink(BaseModel):
    id: str
    title: str
    page: str = Field(description="The lesson as a web page.")
    notebook: str = Field(description="The lesson in JupyterLab.")


class CourseLink(BaseModel):
    id: str
    title: str
    units: list[UnitLink]


class CourseList(BaseModel):
    courses: list[CourseLink]


class CourseDetail(CourseLink):
    audience: str | list[str]
    outcomes: list[str]
    pass_mark: float


class Question(BaseModel):
    """A question as a learner sees it: never its answer."""

    model_config = ConfigDict(extra="allow")

    id: str
    kind: str = Field(examples=["choice"])
    prompt: str = Field(description="Markdown.")
    points: float


class NeedOut(BaseModel):
    """A unit that is to be completed first: advice, unless it is enforced."""

    course: str
    unit: str
    title: str
    page: str
    enforced: bool
    done: bool


class UnitDetail(UnitLink):
    course: str
    minutes: int
    release: str
    due: str | None = Field(description="The last day to hand it in, for you.")
    attempts_allowed: int | None = Field(description="Null for no limit.")
    attempts_used: int
    needs: list[NeedOut] = Field(description="What is to come first: advice, unless it is enforced.")
    questions: list[Question]


class DraftOut(BaseModel):
    course: str
    unit: str
    answers: dict[str, JsonValue]
    version: int = Field(description="Send it back with the next PUT, in the body or as If-Match.")
    updated_at: str | None
    door: str
    conflict: bool = Field(description="Whether this save replaced an edit made elsewhere since your version.")
    replaced: dict[str, JsonValue] = Field(description="What the other edit had said; it is kept in history.")


class DraftIn(Taken):
    """All answers so far. With `version` an edit made elsewhere since then is merged, not overwritten."""

    answers: Answers
    version: int | None = Field(default=None, ge=0, le=2**53, examples=[3])
    door: Literal["page", "notebook"] = "page"


class AnswersIn(Taken):
    answers: Answers


class CheckIn(AnswersIn):
    question: str | None = Field(default=None, max_length=80, description="Say findings of this question alone.")


class FindingOut(BaseModel):
    question: str
    outcome: Outcome
    id: str
    title: str
    detail: str
    kind: str


class ResultOut(BaseModel):
    question: str
    outcome: Outcome
    points: float
    max: float
    method: str


class CheckOut(BaseModel):
    """What the visible checks say. Nothing is recorded."""

    outcome: Outcome
    findings: list[FindingOut]
    results: list[ResultOut]


class HintOut(BaseModel):
    question: str
    number: int = Field(description="1 for the first hint; 0 when the question has none.")
    of: int
    hint: str | None
    more: bool


class AttemptBrief(BaseModel):
    id: str
    course: str
    unit: str
    release: str
    number: int
    door: str
    submitted_at: str
    state: State
    outcome: Outcome | None
    score: float | None
    max: float | None


class AttemptOut(AttemptBrief):
    findings: list[FindingOut]
    results: list[ResultOut]


class AttemptList(BaseModel):
    attempts: list[AttemptBrief]
    next: str | None = Field(description="The cursor of the next page, or null on the last.")


class RunIn(Taken):
    """The lesson is run from the top to the cell of `upto`, with your code in place."""

    course: str = Field(max_length=80, examples=["finding-and-trusting-data"])
    unit: str = Field(max_length=80)
    cells: dict[QuestionId, Annotated[str, Field(max_length=200_000)]] = Field(
        default_factory=dict, max_length=MOST_ANSWERS
    )
    upto: str = Field(max_length=80, description="The id of the question whose cell is the last to run.")


class RunOut(BaseModel):
    outputs: list[dict[str, Any]] = Field(description="Outputs as in the notebook format, nbformat 4.")


class DatasetBrief(BaseModel):
    id: str
    title: str
    owner: str
    licence: str
    sensitivity: str
    public: bool


class DatasetList(BaseModel):
    datasets: list[DatasetBrief]
    next: str | None


class DatasetOut(DatasetBrief):
    description: str
    row: str = Field(description="What one row is.")
    refresh: str = Field(description="How often it is renewed, and to when this copy goes.")
    synthetic: str = Field(description="Which of it is invented; empty for none.")
    missing: dict[str, str] = Field(description="Each mark that stands for an absent value, with its meaning.")
    columns: list[dict[str, Any]]
    data: str = Field(description="Where its rows are, as CSV.")


class Found(BaseModel):
    kind: str = Field(examples=["dataset", "column", "course", "unit", "notebook", "app"])
    id: str
    title: str
    summary: str
    url: str
    sensitivity: str = Field(examples=["OFFICIAL"])
    public: bool = Field(description="Whether everybody may see it, signed in or not.")


class SearchOut(BaseModel):
    results: list[Found]
    next: str | None


class Health(BaseModel):
    status: Literal["ok", "degraded"]
    parts: dict[str, bool]


class ViewerTokenIn(Taken):
    account: str = Field(min_length=1, max_length=255)
    app: str = Field(min_length=1, max_length=80)
    datasets: list[str] = Field(default_factory=list, max_length=100)
    version: int | None = Field(default=None, ge=1, le=2**31, description="Of a page that is open already.")


class ViewerTokenOut(BaseModel):
    token: str
    seconds: int
    app: dict[str, Any] = Field(description="The version to serve, and where it is.")


class AllowanceIn(Taken):
    attempts: int | None = Field(default=None, ge=1, le=1000, description="In all, not beyond those used.")
    closes: date | None = Field(default=None, description="The last day for this person.", examples=["2030-03-31"])


class AllowanceOut(BaseModel):
    account: str
    attempts: int | None
    closes: str | None


class AllowanceList(BaseModel):
    allowances: list[AllowanceOut]


class Regraded(BaseModel):
    queued: int
    release: str


class Released(BaseModel):
    released_at: str


class ToMark(BaseModel):
    question: str
    prompt: str
    answer: str
    points: float | None
    max: float
    comment: str


class Awaiting(BaseModel):
    id: str
    account: str | None
    name: str
    number: int
    submitted_at: str
    page: str
    questions: list[ToMark]


class AwaitingList(BaseModel):
    attempts: list[Awaiting]


class MarkIn(Taken):
    points: float = Field(ge=0, le=10_000, allow_inf_nan=False)
    comment: str = Field(default="", max_length=2000)


class MarksIn(Taken):
    marks: dict[QuestionId, MarkIn] = Field(min_length=1, max_length=MOST_ANSWERS)


class Marked(BaseModel):
    changed: bool = Field(description="False when these marks were given before.")


class Unchecked(BaseModel):
    id: str
    course: str
    unit: str
    release: str
    submitted_at: str
    state: State
    reason: str


class UncheckedList(BaseModel):
    attempts: list[Unchecked]
    next: str | None


class Queued(BaseModel):
    state: State


class Erased(BaseModel):
    submissions: int = Field(description="How many were removed.")
    has_home: bool = Field(description="Whether a home is left, to be removed with the machine's account.")
