"""Standing: how far a person is with each unit."""

from __future__ import annotations

from collections.abc import Callable

from digital_council.courses import Unit
from digital_council.portal.identity import Identity
from digital_council.portal.services import Services


def standings(services: Services, who: Identity) -> Callable[[Unit], str]:
    """Tells for a unit: Passed, Completed, Begun or Not begun."""
    rows = {(row.course, row.unit): row for row in services.ledger.completions([who.account])}

    def standing(unit: Unit) -> str:
        row = rows.get((unit.course, unit.id))
        if row is not None and row.passed_at:
            return "Passed"
        if row is not None and row.completed_at:
            return "Completed"
        is_begun = services.drafts.get(who.account, unit.course, unit.id).version > 0
        return "Begun" if is_begun else "Not begun"

    return standing
