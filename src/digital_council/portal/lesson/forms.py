"""Forms: each kind of question as fields of an HTML form, there and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from digital_council.courses import Unit
from digital_council.courses.findings import Unusable
from digital_council.courses.questions import Question
from digital_council.portal.learners.drafts import Answers

FIELD = "a."
SPARE_ROWS = 3
MOST_ROWS = 200


def read(unit: Unit, posted: Mapping[str, Any], choices: Mapping[str, list[str]]) -> Answers:
    """The answers in a posted form. `choices` holds every value of each field, for ticked boxes."""
    answers = {}
    for question in unit.questions:
        value = read_one(unit.form(question.id), posted, choices)
        if value not in (None, "", [], {}):
            answers[question.id] = value
    return answers


def read_one(form: dict[str, Any], posted: Mapping[str, Any], choices: Mapping[str, list[str]]) -> Any:
    """The answer to one question; empty when nothing was given."""
    code = _code(form, posted)
    return _value(form, posted, choices) if code is None else code


def _code(form: dict[str, Any], posted: Mapping[str, Any]) -> Any:
    """Code typed for a question: itself the answer, or the other route to one."""
    if form["kind"] in ("value", "function"):
        code = _text(posted, f"{FIELD}{form['id']}")
        return None if code.strip() == form["starter"].strip() else code
    code = _text(posted, f"{FIELD}{form['id']}.code") if form["code"] else ""
    return {"code": code} if code.strip() else None


def _value(form: dict[str, Any], posted: Mapping[str, Any], choices: Mapping[str, list[str]]) -> Any:
    name = f"{FIELD}{form['id']}"
    kind = form["kind"]
    if kind in ("value", "function"):
        return None
    if kind == "choices":
        return choices.get(name, [])
    if kind == "classify":
        given = {each["id"]: _text(posted, f"{name}.{each['id']}") for each in form["items"]}
        return {item: chosen for item, chosen in given.items() if chosen}
    if kind == "table":
        return _rows(form, name, posted)
    return _text(posted, name).strip()


def _rows(form: dict[str, Any], name: str, posted: Mapping[str, Any]) -> list[dict[str, str]]:
    columns = [column["id"] for column in form["columns"]]
    asked = [column["id"] for column in form["columns"] if not column["given"]]
    rows = []
    for number in range(MOST_ROWS):
        if f"{name}.{number}.{columns[0]}" not in posted:
            break
        row = {column: _text(posted, f"{name}.{number}.{column}").strip() for column in columns}
        if any(row[column] for column in asked):
            rows.append(row)
    return rows


def _text(posted: Mapping[str, Any], name: str) -> str:
    value = posted.get(name, "")
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""


def shown(unit: Unit, question: Question, answer: Any, spare: int = SPARE_ROWS) -> dict[str, Any]:
    """What a template needs to draw a question's fields with the answer so far in them."""
    form = unit.form(question.id)
    is_code = isinstance(answer, dict) and set(answer) == {"code"}
    code = answer["code"] if is_code else ""
    value = None if is_code else _read(question, answer)
    if form["kind"] in ("value", "function"):
        code = code or (value if isinstance(value, str) else "") or form["starter"]
    return form | {"field": f"{FIELD}{form['id']}", "value": _fitting(form, value, spare), "typed_code": code}


def _read(question: Question, answer: Any) -> Any:
    """What a choice or a class given in words stands for, as the notebook takes it; other answers as they are."""
    if question.kind not in ("choice", "choices", "classify") or answer in (None, "", [], {}):
        return answer
    try:
        found = question.shape.parse(answer)
    except (Unusable, TypeError, ValueError):
        return answer
    if not isinstance(found, frozenset):
        return found
    return answer if isinstance(answer, list) and {*map(str, answer)} == found else sorted(found)


def _fitting(form: dict[str, Any], value: Any, spare: int) -> Any:
    """The answer in the shape the fields need; one that came from elsewhere in another shape is left out."""
    kind = form["kind"]
    if kind == "choices":
        return [str(each) for each in value] if isinstance(value, list) else []
    if kind == "classify":
        return {str(item): str(chosen) for item, chosen in value.items()} if isinstance(value, dict) else {}
    if kind == "table":
        rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
        if form["rows"]:
            return [_with_answers(given, rows) for given in form["rows"]]
        return [*rows, *({} for _ in range(max(1, spare)))][:MOST_ROWS]
    return "" if value is None or isinstance(value, list | dict) else str(value)


def _with_answers(given: dict[str, str], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A row that the question gives, with what was answered in it so far."""
    same = (row for row in rows if all(str(row.get(key)) == value for key, value in given.items()))
    return {**next(same, {}), **given}
