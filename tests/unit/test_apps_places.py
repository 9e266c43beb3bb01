"""Who may start next, how long a start may take, and what somebody is told whose app does not start."""

from __future__ import annotations

import asyncio

from digital_council.apps.places import Places, Ticket

PATIENCE = 30.0
"""Seconds; only a failure takes so long."""


def called(tickets: list[Ticket]) -> list[bool]:
    return [ticket.called.is_set() for ticket in tickets]


def test_so_many_start_at_once_and_the_next_when_one_is_alive() -> None:
    async def line() -> None:
        places = Places(ceiling=9, starting=2)
        tickets = [places.join(str(number), "leader") for number in range(4)]
        assert called(tickets) == [True, True, False, False]
        places.started(tickets[1])
        assert called(tickets) == [True, True, True, False]

    asyncio.run(line())


def test_one_that_works_long_does_not_keep_everybody_waiting() -> None:
    async def line() -> None:
        places = Places(ceiling=9, starting=1, turn=0.01)
        _, second = (places.join(account, account) for account in ("leader", "leader2"))
        assert not second.called.is_set()
        assert await second.wait(PATIENCE), "its turn came though the first is not alive"

    asyncio.run(line())


def test_a_full_house_lets_nobody_in_until_a_place_is_given_back() -> None:
    async def line() -> None:
        places = Places(ceiling=1, starting=3, turn=0.01)
        first, second = (places.join(account, account) for account in ("leader", "leader2"))
        places.started(first)
        await asyncio.sleep(0.05)
        assert not second.called.is_set()
        places.leave(first.id)
        assert second.called.is_set()

    asyncio.run(line())


def test_whoever_has_fewest_apps_open_goes_first() -> None:
    async def line() -> None:
        places = Places(ceiling=2, starting=2)
        opened = [places.join(f"a{number}", "leader") for number in range(2)]
        waiting = [places.join("a2", "leader"), places.join("b0", "leader2")]
        assert [places.before(ticket) for ticket in waiting] == [1, 0]
        places.leave(opened[0].id)
        assert called(waiting) == [False, True]

    asyncio.run(line())
