from __future__ import annotations

import asyncio

import pytest

from puntal.kit.coalesce import Busy, Coalescer

UNLUCKY = -13


class Work:
    """Doubles numbers, remembers its batches, and waits at a gate when told to."""

    def __init__(self) -> None:
        self.batches: list[tuple[int, list[int]]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def run(self, key: int, items: list[int]) -> list[int]:
        self.batches.append((key, items))
        await self.gate.wait()
        if UNLUCKY in items:
            raise ZeroDivisionError
        return [item * 2 for item in items]


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_lone_item_runs_at_once() -> None:
    work = Work()

    assert await Coalescer(work.run).submit(1, 21) == 42

    assert work.batches == [(1, [21])]


async def test_what_waits_while_a_batch_runs_becomes_the_next_batch() -> None:
    work = Work()
    work.gate.clear()
    coalescer = Coalescer(work.run, most=3)
    first = asyncio.create_task(coalescer.submit(1, 0))
    await settle()
    others = [asyncio.create_task(coalescer.submit(1, n)) for n in range(1, 6)]
    await settle()

    work.gate.set()

    assert await asyncio.gather(first, *others) == [0, 2, 4, 6, 8, 10]
    assert work.batches == [(1, [0]), (1, [1, 2, 3]), (1, [4, 5])]


async def test_programs_take_turns() -> None:
    work = Work()
    coalescer = Coalescer(work.run, most=2, parallel=1)

    await asyncio.gather(coalescer.submit_many(1, [1, 2, 3, 4, 5, 6]), coalescer.submit(2, 7), coalescer.submit(3, 8))

    assert [key for key, _ in work.batches] == [1, 2, 3, 1, 1]


async def test_programs_run_side_by_side_and_one_program_does_not() -> None:
    work = Work()
    work.gate.clear()
    coalescer = Coalescer(work.run, most=1, parallel=2)
    calls = [asyncio.create_task(coalescer.submit(key, key)) for key in (1, 1, 2, 3)]
    await settle()

    assert [key for key, _ in work.batches] == [1, 2]

    work.gate.set()
    assert await asyncio.gather(*calls) == [2, 2, 4, 6]


async def test_many_items_are_answered_in_order_over_several_batches() -> None:
    assert await Coalescer(Work().run, most=7).submit_many(1, range(100)) == [n * 2 for n in range(100)]
    assert await Coalescer(Work().run).submit_many(1, []) == []


async def test_a_failure_reaches_every_caller_of_its_batch_and_nobody_else() -> None:
    coalescer = Coalescer(Work().run)
    results = await asyncio.gather(
        coalescer.submit(1, UNLUCKY), coalescer.submit(1, 1), coalescer.submit(2, 2), return_exceptions=True
    )

    assert [type(result) for result in results] == [ZeroDivisionError, ZeroDivisionError, int]
    assert await coalescer.submit(1, 5) == 10


async def test_a_wrong_number_of_answers_is_a_failure() -> None:
    async def short(_key: int, _items: list[int]) -> list[int]:
        return []

    with pytest.raises(RuntimeError, match="0 answers to 1 items"):
        await Coalescer(short).submit(1, 1)


async def test_a_full_queue_refuses_all_or_nothing() -> None:
    work = Work()
    work.gate.clear()
    coalescer = Coalescer(work.run, most_waiting=3)
    running = asyncio.create_task(coalescer.submit(1, 0))
    await settle()
    waiting = asyncio.create_task(coalescer.submit_many(1, [1, 2]))
    await settle()

    with pytest.raises(Busy):
        await coalescer.submit_many(1, [3, 4])

    assert coalescer.waiting == 2
    work.gate.set()
    assert await running == 0
    assert await waiting == [2, 4]


async def test_a_caller_who_left_before_its_turn_is_not_served() -> None:
    work = Work()
    work.gate.clear()
    coalescer = Coalescer(work.run)
    first = asyncio.create_task(coalescer.submit(1, 0))
    await settle()
    gone = asyncio.create_task(coalescer.submit(1, 1))
    stays = asyncio.create_task(coalescer.submit(1, 2))
    await settle()

    gone.cancel()
    first.cancel()
    await settle()
    work.gate.set()

    assert await stays == 4
    assert work.batches == [(1, [0]), (1, [2])]


async def test_draining_answers_what_was_taken_and_takes_nothing_new() -> None:
    coalescer = Coalescer(Work().run, most=1)
    taken = asyncio.create_task(coalescer.submit_many(1, [1, 2, 3]))
    await settle()

    await coalescer.drain()

    assert await taken == [2, 4, 6]
    with pytest.raises(Busy):
        await coalescer.submit(1, 4)
