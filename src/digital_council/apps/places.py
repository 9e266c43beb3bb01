"""Places: how many apps may be alive, how many may be starting, and who is next when there is no place.

A place is taken when a kernel may be started and given back when it has ended. The line is fair: whoever has fewest
apps open goes first, and then whoever came first, so that one viewer's many tabs cannot keep everybody out.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from dataclasses import dataclass, field

STAY = 120.0
"""Seconds that a page is open, until pages have been closed to learn it from."""
TURN = 1.0
"""Seconds that a page takes to start, likewise."""
LONGEST_TURN = 10.0
"""Seconds after which the next may start all the same: one that works long must not keep everybody waiting."""


@dataclass(eq=False)
class Ticket:
    """Somebody's wish for a place; `id` becomes their kernel's."""

    id: str
    account: str
    came: float = field(default_factory=time.monotonic)
    called: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self, seconds: float) -> bool:
        """Whether it has been called, within so many seconds."""
        try:
            await asyncio.wait_for(self.called.wait(), seconds)
        except TimeoutError:
            return False
        return True


class Places:
    """The line, the places that are taken, and the apps that are just starting."""

    def __init__(self, ceiling: int, starting: int, turn: float = LONGEST_TURN) -> None:
        self.ceiling, self.at_once, self.turn = ceiling, starting, turn
        self.line: list[Ticket] = []
        self.taken: dict[str, Ticket] = {}
        self.starting: dict[str, float] = {}
        self._turns: deque[float] = deque([TURN], maxlen=20)
        self._freed: deque[float] = deque(maxlen=20)

    def join(self, id: str, account: str) -> Ticket:
        """Stand in line; called at once when there is a place."""
        ticket = Ticket(id, account)
        self.line.append(ticket)
        self._call()
        return ticket

    def started(self, ticket: Ticket) -> None:
        """Its page is alive, or has had its turn, so the next may start. Safe to repeat."""
        if began := self.starting.pop(ticket.id, 0.0):
            self._turns.append(time.monotonic() - began)
            self._call()

    def leave(self, id: str) -> None:
        """Give up waiting, or give back a place. Safe to repeat."""
        self.starting.pop(id, None)
        if self.taken.pop(id, None):
            self._freed.append(time.monotonic())
        self.line = [ticket for ticket in self.line if ticket.id != id]
        self._call()

    def before(self, ticket: Ticket) -> int:
        """How many would be called before this one."""
        return self._ordered().index(ticket) if ticket in self.line else 0

    def seconds(self, ticket: Ticket) -> int:
        """About how long this one will wait, from how long starting and staying have lately taken."""
        ahead = self.before(ticket) + 1
        turns = ahead * sum(self._turns) / len(self._turns) / self.at_once
        free = self.ceiling - len(self.taken)
        stays = max(0, ahead - free) * self._interval()
        return max(1, round(max(turns, stays)))

    def _interval(self) -> float:
        """Seconds between two places given back."""
        if len(self._freed) < 2:
            return STAY / self.ceiling
        return max(time.monotonic() - self._freed[0], 0.1) / len(self._freed)

    def _ordered(self) -> list[Ticket]:
        has = Counter(ticket.account for ticket in self.taken.values())
        return sorted(self.line, key=lambda ticket: (has[ticket.account], ticket.came))

    def _call(self) -> None:
        while self.line and len(self.taken) < self.ceiling and len(self.starting) < self.at_once:
            ticket = self._ordered()[0]
            self.line.remove(ticket)
            self.taken[ticket.id] = ticket
            self.starting[ticket.id] = time.monotonic()
            ticket.called.set()
            asyncio.get_running_loop().call_later(self.turn, self.started, ticket)
