"""The list in nbgrader's Assignment List: lessons to fetch, lessons here, and attempts with their feedback."""

from __future__ import annotations

from html import escape
from typing import Any

from nbgrader.exchange import abc

from digital_council.grading.exchange import copies, feedback
from digital_council.grading.exchange.base import CouncilExchange
from digital_council.grading.exchange.transfer import marked

Row = dict[str, Any]


class CouncilList(CouncilExchange, abc.ExchangeList):  # type: ignore[misc]
    """Lists as the portal knows them; with `cached`, the learner's own attempts."""

    def init_src(self) -> None:
        """A list needs no unit; without a course it is of all."""

    def list_files(self) -> list[Row]:
        """What the Assignment List shows. A portal that does not answer is a line of the list, as all other
        messages are dropped on the way to the learner."""
        if self.inbound:
            raise abc.ExchangeError("submissions are at the portal; there is no inbound folder to list")
        try:
            return self._attempts() if self.cached else self._lessons()
        except abc.ExchangeError as error:
            return [] if self.cached else [self._line(str(error))]

    def remove_files(self) -> list[Row]:
        raise abc.ExchangeError("nothing is removed here: attempts stay as they were submitted")

    def _lessons(self) -> list[Row]:
        courses = [each for each in self.ask("courses", limit=500)["courses"] if self.course in ("", each["id"])]
        units = [(course["id"], unit["id"]) for course in courses for unit in course["units"]]
        rows = [self._lesson(course, unit) for course, unit in units if self.unit in ("", unit)]
        for row in rows:
            self.log.info("%s %s (%s)", row["course_id"], row["assignment_id"], row["status"])
        return rows

    def _lesson(self, course: str, unit: str) -> Row:
        file = self.home / copies.place(course, unit)
        here = file.is_file()
        notebook = {"notebook_id": unit, "path": str(file)}
        return {
            "course_id": course,
            "assignment_id": unit,
            "status": "fetched" if here else "released",
            "path": str(file.parent),
            "notebooks": [notebook],
        }

    def _line(self, text: str) -> Row:
        return {
            "course_id": self.course or "portal",
            "assignment_id": text,
            "status": "released",
            "path": "",
            "notebooks": [],
        }

    def _attempts(self) -> list[Row]:
        params = {key: value for key, value in (("course", self.course), ("unit", self.unit)) if value}
        groups: dict[tuple[str, str], list[Row]] = {}
        for attempt in self.ask("attempts", limit=500, **params)["attempts"]:
            groups.setdefault((attempt["course"], attempt["unit"]), []).append(self._attempt(attempt))
        return [
            {
                "course_id": course,
                "student_id": "me",
                "assignment_id": unit,
                "status": "submitted",
                "submissions": sorted(rows, key=lambda row: str(row["timestamp"])),
            }
            for (course, unit), rows in sorted(groups.items())
        ]

    def _attempt(self, attempt: Row) -> Row:
        unit = attempt["unit"]
        folder = self.home / attempt["course"] / "feedback" / unit / attempt["id"]
        page = folder / f"{unit}.html"
        here = page.is_file()
        ready = bool(attempt.get("outcome"))
        newer = here and ready and escape(marked(attempt)) not in page.read_text(encoding="utf-8")
        about = {
            "has_local_feedback": here,
            "has_exchange_feedback": ready,
            "local_feedback_path": str(folder) if here else None,
            "feedback_updated": newer,
        }
        notebook = {"notebook_id": unit, "path": str(self.home / copies.place(attempt["course"], unit))}
        time = str(attempt["submitted_at"])[:19].replace("T", " ")
        return {
            "course_id": attempt["course"],
            "assignment_id": unit,
            "student_id": "me",
            "status": "submitted",
            "timestamp": f"{time} UTC: {feedback.summary(attempt)}",
            "path": str(folder),
            "notebooks": [{**notebook, **about}],
            **about,
        }
