"""Definitions: what each figure counts, in words that stand beside it wherever it is shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Definition:
    """A figure's name, what it counts, and what its share is of."""

    title: str
    text: str
    of: str
    is_median: bool = False


FIGURES = {
    "reached": Definition(
        "Reach", "People who have completed at least one unit: handed in every graded question of it.", "staff"
    ),
    "started": Definition(
        "Started",
        "Units that people have opened, each person and unit counted once; possible is every unit by everybody.",
        "possible",
    ),
    "completed": Definition(
        "Completed",
        "Units of which people have handed in every graded question, whatever the mark, each person and unit counted"
        " once; possible is every unit by everybody.",
        "possible",
    ),
    "passed": Definition(
        "Passed in the end", "Of the units completed, those that reached the pass mark in some attempt.", "completed"
    ),
    "first_try": Definition(
        "Passed at the first try",
        "Of the units completed, those whose first attempt reached the pass mark.",
        "completed",
    ),
    "days": Definition(
        "Days to complete",
        "The median of the days from opening a unit to completing it: half took less, half took more.",
        "completed",
        is_median=True,
    ),
    "retention": Definition(
        "Kept after 30 days",
        "Of the answers to questions that came back 30 days after a unit was completed, those that were right.",
        "answers",
    ),
    "lift": Definition(
        "Surer afterwards",
        "Of units rated (1 to 5) before, after and looking back, those where the person was surer after than before.",
        "units rated",
    ),
    "lift_back": Definition(
        "Surer, looking back",
        "Of the same units, those where the person was surer after than they then said they had been before."
        " Looking back corrects for not having known what there was to know.",
        "units rated",
    ),
    "overconfident": Definition(
        "Sure, and wrong at first",
        "Of the units somebody was sure of beforehand (4 or 5 of 5), those whose first attempt did not pass.",
        "units they were sure of",
    ),
    "underconfident": Definition(
        "Unsure, and right at first",
        "Of the units somebody was unsure of beforehand (1 or 2 of 5), those whose first attempt passed.",
        "units they were unsure of",
    ),
    "applied": Definition(
        "Used at work",
        "Of the units people were asked about 30 days after completing them, those they used in a decision, a report or"
        " in talking with somebody.",
        "units asked about",
    ),
}

OTHERS = {
    "gaps": Definition(
        "Skills", "People who have completed a unit that teaches the skill; the gap is everybody else.", "staff"
    ),
    "misconceptions": Definition(
        "Misconceptions",
        "People who completed the unit and in some attempt gave an answer that shows this mistake; whole council only.",
        "completed",
    ),
    "drop_off": Definition(
        "Where people drop off",
        "In each course, the unit with the largest fall in people who completed it, from the unit before.",
        "completed the unit before",
    ),
    "as_at": Definition(
        "As at",
        "Counts are made anew once in a batch, and each only when enough people have changed it; until then it stays as"
        " it was on the date beside it.",
        "",
    ),
    "[c]": Definition(
        "[c]",
        "Hidden: under the threshold of people, or nearly everybody, or a count that would give such a one away.",
        "",
    ),
}


def to_json() -> dict[str, dict[str, str]]:
    """Every definition, for the interface and the exports."""
    return {
        id: {"title": each.title, "text": each.text, "of": each.of, "kind": "median" if each.is_median else "count"}
        for id, each in (FIGURES | OTHERS).items()
    }
