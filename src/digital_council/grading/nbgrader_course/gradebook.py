"""nbgrader's gradebook, read once and written in batches: its own tables, without an object for each cell.

One process writes it. A batch is one transaction, so that a batch cut short is not half there.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from nbgrader import api

from .record import Assignment, Cell, Notebook
from .report import Marked

Penalty = Callable[[str, float, float], float | None]

ASSIGNMENT, NOTEBOOK, SOURCE, BASE = (m.__table__ for m in (api.Assignment, api.Notebook, api.SourceCell, api.BaseCell))
GRADED, ANSWER, TASK = (m.__table__ for m in (api.GradeCell, api.SolutionCell, api.TaskCell))
STUDENT, SUBMITTED, COPY = (m.__table__ for m in (api.Student, api.SubmittedAssignment, api.SubmittedNotebook))
GRADE, COMMENT = api.Grade.__table__, api.Comment.__table__


def new_id() -> str:
    return uuid.uuid4().hex


class Gradebook:
    """The gradebook of one course."""

    def __init__(self, url: str) -> None:
        self.engine = sa.create_engine(url)

    def close(self) -> None:
        self.engine.dispose()

    # Reading

    def assignment(self, name: str) -> Assignment | None:
        """The author's record of an assignment; None when there is none, or no gradebook."""
        if not sa.inspect(self.engine).has_table(ASSIGNMENT.name):
            return None
        with self.engine.connect() as line:
            found = line.execute(sa.select(ASSIGNMENT.c.id).where(ASSIGNMENT.c.name == name)).scalar()
            if found is None:
                return None
            rows = line.execute(sa.select(NOTEBOOK).where(NOTEBOOK.c.assignment_id == found).order_by(NOTEBOOK.c.name))
            return Assignment(found, name, {row.name: _notebook(line, row) for row in rows.all()})

    def standings(self, assignment: Assignment) -> dict[str, tuple[float, bool, float]]:
        """Each student's score, whether a person must look, and the penalty for being late."""
        score = sa.func.coalesce(sa.func.sum(_score()), 0.0)
        manual = sa.func.max(sa.cast(GRADE.c.needs_manual_grade, sa.Integer))
        joined = SUBMITTED.join(COPY, COPY.c.assignment_id == SUBMITTED.c.id)
        late = sa.func.coalesce(sa.func.sum(COPY.c.late_submission_penalty), 0.0)
        own = SUBMITTED.c.assignment_id == assignment.id
        marks = sa.select(SUBMITTED.c.student_id, score, manual).where(own).group_by(SUBMITTED.c.student_id)
        marks = marks.select_from(joined.outerjoin(GRADE, GRADE.c.notebook_id == COPY.c.id))
        penalties = sa.select(SUBMITTED.c.student_id, late).where(own).group_by(SUBMITTED.c.student_id)
        with self.engine.connect() as line:
            lost = {row[0]: row[1] for row in line.execute(penalties.select_from(joined))}
            return {row[0]: (row[1], bool(row[2]), lost.get(row[0], 0.0)) for row in line.execute(marks)}

    def notebook_marks(self, assignment: Assignment, student: str) -> dict[str, dict[str, Any]]:
        """What feedback shows of each notebook: scores and comments by cell, and the penalty."""
        found = {}
        with self.engine.connect() as line:
            query = sa.select(COPY).join(SUBMITTED, SUBMITTED.c.id == COPY.c.assignment_id)
            query = query.where(SUBMITTED.c.assignment_id == assignment.id, SUBMITTED.c.student_id == student)
            for copy in line.execute(query).all():
                scores = sa.select(GRADE.c.cell_id, _score()).where(GRADE.c.notebook_id == copy.id)
                said = sa.func.coalesce(COMMENT.c.manual_comment, COMMENT.c.auto_comment)
                comments = sa.select(COMMENT.c.cell_id, said).where(COMMENT.c.notebook_id == copy.id)
                found[copy.notebook_id] = {
                    "scores": {row[0]: row[1] for row in line.execute(scores)},
                    "comments": {row[0]: row[1] for row in line.execute(comments)},
                    "late_penalty": copy.late_submission_penalty or 0.0,
                }
        return {n.name: found[n.id] for n in assignment.notebooks.values() if n.id in found}

    # Writing

    def record(self, assignment: Assignment, batch: Iterable[Marked], penalty: Penalty, *, new: bool = True) -> None:
        """Record a batch in one transaction; a student unknown so far is added where `new` allows it."""
        with self.engine.begin() as line:
            due = line.execute(sa.select(ASSIGNMENT.c.duedate).where(ASSIGNMENT.c.id == assignment.id)).scalar()
            for marked in batch:
                Entry(line, assignment, marked, new).write(due, penalty)


def _score() -> Any:
    extra = sa.func.coalesce(GRADE.c.extra_credit, 0.0)
    known = sa.func.coalesce(GRADE.c.manual_score, GRADE.c.auto_score)
    return sa.case((known.is_not(None), known + extra), else_=0.0)


def _notebook(line: sa.Connection, row: Any) -> Notebook:
    def points(table: sa.FromClause) -> dict[str, tuple[str, float | None]]:
        worth = table.c.max_score if "max_score" in table.c else sa.null()
        query = sa.select(BASE.c.name, BASE.c.id, worth).where(BASE.c.notebook_id == row.id)
        return {r[0]: (r[1], r[2]) for r in line.execute(query.join(table, table.c.id == BASE.c.id))}

    graded, answers, tasks = points(GRADED), points(ANSWER), points(TASK)
    sources = sa.select(SOURCE).where(SOURCE.c.notebook_id == row.id).order_by(sa.text("source_cell.rowid"))
    if line.dialect.name != "sqlite":
        sources = sa.select(SOURCE).where(SOURCE.c.notebook_id == row.id)
    cells = {}
    for s in line.execute(sources):
        worth = graded.get(s.name) or tasks.get(s.name)
        flags = {"grade": s.name in graded, "solution": s.name in answers, "task": s.name in tasks}
        cells[s.name] = Cell(s.name, s.cell_type, s.locked, s.source, s.checksum, worth[1] if worth else None, **flags)
    scored = {name: pair[0] for name, pair in (graded | tasks).items()}
    return Notebook(row.id, row.name, row.kernelspec, cells, scored, {n: p[0] for n, p in (answers | tasks).items()})


class Entry:
    """One submission's rows, in the transaction of a batch."""

    def __init__(self, line: sa.Connection, assignment: Assignment, marked: Marked, new: bool) -> None:
        self.line, self.assignment, self.marked = line, assignment, marked
        student = marked.report.student
        if line.execute(sa.select(STUDENT.c.id).where(STUDENT.c.id == student)).first() is None:
            if not new:
                raise LookupError(f"no student {student!r} is in the gradebook")
            line.execute(sa.insert(STUDENT), {"id": student})

    def write(self, due: dt.datetime | None, penalty: Penalty) -> None:
        """Write marks, comments and the penalty for being late."""
        row = self._submission()
        copies = self._copies(row.id)
        for name, notebook in self.assignment.notebooks.items():
            self._grades(copies[notebook.id], notebook, self._scores(name, notebook))
            self._comments(copies[notebook.id], notebook, self.marked.comments.get(name, {}))
        seconds = 0.0
        if row.timestamp is not None and due is not None:
            seconds = max(0.0, (row.timestamp - due - (row.extension or dt.timedelta())).total_seconds())
        for name in self.marked.scores:
            if name not in self.marked.missing:
                self._penalise(copies[self.assignment.notebooks[name].id], seconds, penalty)

    def _submission(self) -> Any:
        report, timestamp = self.marked.report, self.marked.timestamp
        query = sa.select(SUBMITTED).where(
            SUBMITTED.c.assignment_id == self.assignment.id, SUBMITTED.c.student_id == report.student
        )
        row = self.line.execute(query).first()
        if row is None:
            made = {"id": new_id(), "assignment_id": self.assignment.id, "student_id": report.student}
            self.line.execute(sa.insert(SUBMITTED), made | {"timestamp": timestamp})
        elif timestamp is not None:
            self.line.execute(sa.update(SUBMITTED).where(SUBMITTED.c.id == row.id), {"timestamp": timestamp})
        return self.line.execute(query).one()

    def _copies(self, submission: str) -> dict[str, str]:
        """The submitted notebooks by the author's notebook; those that are missing are made."""
        found = sa.select(COPY.c.notebook_id, COPY.c.id).where(COPY.c.assignment_id == submission)
        copies = {row[0]: row[1] for row in self.line.execute(found)}
        made = [
            {"id": new_id(), "assignment_id": submission, "notebook_id": n.id, "flagged": False}
            for n in self.assignment.notebooks.values()
            if n.id not in copies
        ]
        if made:
            self.line.execute(sa.insert(COPY), made)
        return copies | {row["notebook_id"]: row["id"] for row in made}

    def _scores(self, name: str, notebook: Notebook) -> dict[str, float | None]:
        if name in self.marked.missing:
            return dict.fromkeys(notebook.graded, 0.0)
        return self.marked.scores.get(name, {})

    def _grades(self, copy: str, notebook: Notebook, scores: dict[str, float | None]) -> None:
        query = sa.select(GRADE.c.cell_id, GRADE.c.id, GRADE.c.manual_score).where(GRADE.c.notebook_id == copy)
        known = {row.cell_id: row for row in self.line.execute(query)}
        absent = notebook.name in self.marked.missing
        made: list[dict[str, Any]] = []
        changed = []
        for cell, cell_id in notebook.graded.items():
            score = scores.get(cell)
            row = known.get(cell_id)
            look = not absent and (score is None or (row is not None and row.manual_score is not None))
            if row is None:
                new = {"id": new_id(), "notebook_id": copy, "cell_id": cell_id}
                made.append(new | {"auto_score": score, "needs_manual_grade": look})
            elif cell in scores:
                changed.append({"row": row.id, "score": score, "look": look})
        if made:
            self.line.execute(sa.insert(GRADE), made)
        if changed:
            values: dict[str, Any] = {"auto_score": sa.bindparam("score"), "needs_manual_grade": sa.bindparam("look")}
            self.line.execute(sa.update(GRADE).where(GRADE.c.id == sa.bindparam("row")).values(values), changed)

    def _comments(self, copy: str, notebook: Notebook, comments: dict[str, str | None]) -> None:
        query = sa.select(COMMENT.c.cell_id, COMMENT.c.id).where(COMMENT.c.notebook_id == copy)
        known = {row.cell_id: row.id for row in self.line.execute(query)}
        made, changed = [], []
        for cell, cell_id in notebook.answered.items():
            if cell_id not in known:
                row = {"id": new_id(), "notebook_id": copy, "cell_id": cell_id, "auto_comment": comments.get(cell)}
                made.append(row)
            elif cell in comments:
                changed.append({"row": known[cell_id], "said": comments[cell]})
        if made:
            self.line.execute(sa.insert(COMMENT), made)
        if changed:
            said = sa.update(COMMENT).where(COMMENT.c.id == sa.bindparam("row"))
            self.line.execute(said.values(auto_comment=sa.bindparam("said")), changed)

    def _penalise(self, copy: str, seconds: float, penalty: Penalty) -> None:
        """As nbgrader's AssignLatePenalties: never below nothing, never above the score."""
        lost = None
        if seconds > 0:
            query = sa.select(sa.func.coalesce(sa.func.sum(_score()), 0.0)).where(GRADE.c.notebook_id == copy)
            score = self.line.execute(query).scalar_one()
            lost = penalty(self.marked.report.student, score, seconds)
            lost = None if lost is None else min(max(0, lost), score)
        self.line.execute(sa.update(COPY).where(COPY.c.id == copy), {"late_submission_penalty": lost})
