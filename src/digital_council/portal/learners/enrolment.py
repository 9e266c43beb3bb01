"""Enrolment: paths and courses that somebody has joined or their team was enrolled in, and what is due when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from digital_council.courses import Unit
from digital_council.ledger import Enrolment
from digital_council.portal.learners import needs, terms
from digital_council.portal.learners.standing import course_standing
from digital_council.portal.learners.withholding import today
from digital_council.portal.problems import Problem
from digital_council.portal.rights.identity import Identity
from digital_council.portal.rights.sessions import PREFIX
from digital_council.portal.services import Services

SOON = timedelta(days=7)
DONE = ("Completed", "Passed")


@dataclass(frozen=True)
class Subject:
    """What one can be enrolled in: a path, or a course."""

    what: str
    title: str
    audience: str
    summary: str
    page: str
    units: tuple[str, ...]
    """Places, `course/unit`, of those that are released."""


@dataclass(frozen=True)
class Goal:
    """A subject somebody is to learn: because they chose it (`own`), or because of where they work (`set_for`)."""

    subject: Subject
    own: Enrolment | None
    set_for: tuple[Enrolment, ...]

    @property
    def due(self) -> date | None:
        """The first day that anybody wants it by."""
        every = [*self.set_for, *([self.own] if self.own else [])]
        return min((each.due for each in every if each.due), default=None)


def subjects(services: Services) -> dict[str, Subject]:
    """Every path, then every course, by what an enrolment calls it."""
    released = {f"{course.id}/{unit.id}" for course in services.library.courses for unit in course.units}
    found = [
        Subject(f"path/{path.id}", path.title, path.audience, path.summary, f"{PREFIX}paths/{path.id}",
                tuple(unit for unit in path.units if unit in released))
        for path in services.paths.paths.values()
    ] + [
        Subject(f"course/{course.id}", course.title, course.audience, "", f"{PREFIX}courses/{course.id}",
                tuple(f"{course.id}/{unit.id}" for unit in course.units))
        for course in services.library.courses
    ]  # fmt: skip
    return {each.what: each for each in found}


def subject(services: Services, what: str) -> Subject:
    """One of them; raises a 404 problem that names what there is."""
    every = subjects(services)
    if what not in every:
        raise Problem(404, f"There is nothing called {what[:80]!r} to be enrolled in; there is {', '.join(every)}.")
    return every[what]


def places_of(who: Identity) -> list[str]:
    """Where somebody works, as enrolments name it."""
    return [f"team:{team}" for team in sorted(who.teams)] + [f"directorate:{each}" for each in sorted(who.directorates)]


def places_for(services: Services, who: Identity) -> list[str]:
    """The places this person may enrol: a manager's own teams and directorates, for an operator all of them."""
    teams = services.organisation.teams
    if who.has("operator"):
        return [f"directorate:{each}" for each in services.organisation.directorates] + [
            f"team:{each}" for each in teams
        ]
    if not who.has("leader") or who.person is None:
        return []
    overseen = [each for each in services.organisation.directorates if each in who.person.oversees]
    managed = [team for team, above in teams.items() if team in who.person.manages or above in overseen]
    return [f"directorate:{each}" for each in overseen] + [f"team:{each}" for each in managed]


def label(place: str) -> str:
    """A place as people call it: the team Customer contact."""
    kind, _, name = place.partition(":")
    return f"the {kind} {name.replace('-', ' ').capitalize()}"


def enrol(services: Services, who: Identity, what: str, due: date | None = None, place: str | None = None) -> Enrolment:
    """Join, or enrol a place; doing so again changes the due date. Raises a problem in one line."""
    subject(services, what)
    if due is not None and due < today():
        raise Problem(422, f"{due.isoformat()} is past; give today or a later day, or no day at all.")
    if place is None:
        return services.ledger.enrol(what, by=who.account, account=who.account, due=due)
    _check_may(services, who, place)
    return services.ledger.enrol(what, by=who.account, place=place, due=due)


def unenrol(services: Services, who: Identity, id: str) -> Enrolment:
    """Leave, or end a place's enrolment. Raises a problem for one that is not this person's to end."""
    found = services.ledger.enrolment(id)
    if found is not None and found.account == who.account:
        return services.ledger.unenrol(id, by=who.account) or found
    if found is None or (found.place not in places_of(who) and found.place not in places_for(services, who)):
        raise Problem(404, "You have no enrolment with that id; GET enrolments lists yours.")
    _check_may(services, who, str(found.place))
    return services.ledger.unenrol(id, by=who.account) or found


def set_by(services: Services, who: Identity) -> list[Enrolment]:
    """What is set for the places this person may enrol, whoever set it."""
    return services.ledger.enrolments(None, places_for(services, who))


def _check_may(services: Services, who: Identity, place: str) -> None:
    allowed = places_for(services, who)
    if place not in allowed:
        if not allowed:
            raise Problem(403, "Teams are enrolled by their managers and by operators; you can join by yourself.")
        raise Problem(403, f"{place[:80]!r} is not yours to enrol; you may enrol {', '.join(allowed)}.")


@dataclass
class Plan:
    """Everything one person is to learn, with how far they are and when it is due; read once for a page."""

    services: Services
    who: Identity
    today: date = field(default_factory=today)

    @cached_property
    def courses(self) -> list[dict[str, Any]]:
        """Every course with its units as this person has them, each with the day it is due and what comes first."""
        found = [course_standing(self.services, self.who, course) for course in self.services.library.courses]
        done = needs.completed(self.services, self.who.account)
        for course, shown in zip(self.services.library.courses, found, strict=True):
            for unit, row in zip(course.units, shown["units"], strict=True):
                place = f"{unit.course}/{unit.id}"
                wanted = [goal for goal in self.goals if place in goal.subject.units]
                day, last = self._day(unit, wanted), self._last(unit)
                row |= {"place": place, "due": day, "needs": needs.of_unit(self.services, unit, done)}
                row |= {
                    "is_wanted": bool(wanted),
                    "is_last": day is not None and day == last,
                    "pressing": self._pressing(day, row["standing"]),
                }
        return found

    @cached_property
    def units(self) -> dict[str, dict[str, Any]]:
        """Every unit by its place."""
        return {unit["place"]: unit for course in self.courses for unit in course["units"]}

    @cached_property
    def goals(self) -> list[Goal]:
        """What this person is enrolled in, what is due first before the rest."""
        every = subjects(self.services)
        rows = self.services.ledger.enrolments(self.who.account, places_of(self.who))
        found = []
        for what in dict.fromkeys(row.what for row in rows):
            if what in every:  # else it has been withdrawn
                mine = next((row for row in rows if row.what == what and row.place is None), None)
                found.append(Goal(every[what], mine, tuple(row for row in rows if row.what == what and row.place)))
        return sorted(found, key=lambda goal: goal.due or date.max)

    def due(self) -> list[dict[str, Any]]:
        """Units with a day that are enrolled in or begun and not completed, the first first."""
        rows = [unit for unit in self.units.values() if unit["due"] and unit["standing"] not in DONE]
        return sorted(
            (row for row in rows if row["is_wanted"] or row["standing"] == "Begun"), key=lambda row: row["due"]
        )

    def in_order(self) -> list[dict[str, Any]]:
        """Every unit that may be begun: what is due, then what is enrolled in, then the rest."""
        wanted = [self.units[place] for goal in self.goals for place in goal.subject.units]
        ordered = {row["place"]: row for row in (*self.due(), *wanted, *self.units.values())}
        return [row for row in ordered.values() if not is_closed(row)]

    def shown(self, goal: Goal) -> dict[str, Any]:
        """A goal as a page shows it."""
        units = [self.units[place] for place in goal.subject.units]
        left = [unit for unit in units if unit["standing"] not in DONE]
        return {
            "what": goal.subject.what,
            "title": goal.subject.title,
            "page": goal.subject.page,
            "units": units,
            "done": len(units) - len(left),
            "due": goal.due,
            "pressing": self._pressing(goal.due, "" if left else "Completed"),
            "own": goal.own,
            "set_for": [self._said(each) for each in goal.set_for],
            "following": next((unit for unit in left if not is_closed(unit)), None),
        }

    def open(self) -> list[Subject]:
        """Paths this person could join and has not."""
        mine = {goal.subject.what for goal in self.goals}
        every = subjects(self.services).values()
        return [each for each in every if each.what.startswith("path/") and each.units and each.what not in mine]

    def _said(self, enrolment: Enrolment) -> str:
        person = self.services.organisation.person(enrolment.by or "")
        return f"{label(str(enrolment.place))}{f', by {person.name}' if person else ''}"

    def _day(self, unit: Unit, wanted: list[Goal]) -> date | None:
        """More time given to one person holds above all; else the first of the days wanted and the last allowed."""
        days = (self._last(unit), *(goal.due for goal in wanted))
        longer = self._allowed.get((unit.course, unit.id))
        return longer or min((day for day in days if day), default=None)

    def _last(self, unit: Unit) -> date | None:
        """The last day on which this person can hand a unit in."""
        day = terms.closes(self.services, unit)
        return day and self._allowed.get((unit.course, unit.id), day)

    @cached_property
    def _allowed(self) -> dict[tuple[str, str], date]:
        return self.services.ledger.longer_for(self.who.account)

    def _pressing(self, day: date | None, standing: str) -> str:
        """Overdue, Due today, Due soon, or nothing."""
        if day is None or standing in DONE or day > self.today + SOON:
            return ""
        return "Overdue" if day < self.today else "Due today" if day == self.today else "Due soon"


def is_closed(unit: dict[str, Any]) -> bool:
    """Whether a unit waits for one that must come first."""
    is_open = unit["standing"] != "Not begun" or all(need["done"] or not need["enforced"] for need in unit["needs"])
    return not is_open
