"""Finding datasets by the words people use."""

from __future__ import annotations

import re
from collections.abc import Iterable

from digital_council.datasets.description import Description

ENDS = re.compile(r"(?<=...)(?:ies|y|(?<=[sxh])es|(?<!s)s)$")


def find(words: str, among: Iterable[Description]) -> list[Description]:
    """Those that hold every word, best first: a word in the name counts most, in a column least."""
    wanted = _stems(words)
    scored = [(score, described) for described in among if (score := _score(wanted, described))]
    return [described for _, described in sorted(scored, key=lambda pair: (-pair[0], pair[1].id))]


def _score(wanted: list[str], described: Description) -> int:
    places = (
        (8, f"{described.id} {described.title}"),
        (4, " ".join(described.keywords)),
        (2, f"{described.description} {described.row_is} {described.owner}"),
        (1, " ".join(f"{c.name} {c.meaning} {' '.join(c.categories)}" for c in described.columns)),
    )
    stems = [(weight, _stems(text)) for weight, text in places]
    total = 0
    for word in wanted:
        best = max((weight for weight, found in stems if any(f.startswith(word) for f in found)), default=0)
        if not best:
            return 0
        total += best
    return total


def _stems(text: str) -> list[str]:
    """Lower-case words without the ends that plurals change: `libraries` finds `library`, and `wards` finds `ward`."""
    return [ENDS.sub("", word) for word in re.findall(r"[a-z0-9]+", text.lower().replace("'", ""))]
