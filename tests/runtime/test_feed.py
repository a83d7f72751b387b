"""The log that threads and tasks follow."""

from __future__ import annotations

import asyncio
import threading

import pytest
from gradio_runtime._loop.update_log import Feed


def test_every_follower_reads_all_from_the_start() -> None:
    feed: Feed[int] = Feed()
    seen: list[list[int]] = [[], [], []]
    threads = [
        threading.Thread(target=lambda s=s: s.extend(feed.follow())) for s in seen
    ]
    for thread in threads[:2]:
        thread.start()
    for number in range(1000):
        feed.append(number)
    threads[2].start()
    feed.close()
    for thread in threads:
        thread.join(5)
    assert seen == [list(range(1000))] * 3


def test_tasks_of_another_loop_follow() -> None:
    feed: Feed[int] = Feed()

    async def follow() -> list[int]:
        return [item async for item in feed.afollow()]

    async def both() -> list[list[int]]:
        tasks = [asyncio.create_task(follow()) for _ in range(3)]
        await asyncio.sleep(0)
        writer = threading.Thread(target=write)
        writer.start()
        return await asyncio.gather(*tasks)

    def write() -> None:
        for number in range(500):
            feed.append(number)
        feed.close()

    assert asyncio.run(both()) == [list(range(500))] * 3


def test_without_keeping_an_item_is_gone_once_read() -> None:
    feed: Feed[int] = Feed(keep=False)
    feed.append(1)
    follower = feed.follow()
    assert next(follower) == 1
    assert feed.snapshot() == []
    feed.append(2)
    feed.close()
    assert list(follower) == [2]


def test_timeout_leaves_the_feed_alone() -> None:
    feed: Feed[int] = Feed()
    with pytest.raises(TimeoutError):
        next(feed.follow(timeout=0.01))
    feed.append(1)
    feed.close()
    assert list(feed.follow()) == [1]


def test_items_after_the_end_are_dropped() -> None:
    feed: Feed[int] = Feed()
    feed.close()
    feed.append(1)
    assert list(feed.follow()) == []


def test_an_item_that_nobody_has_read_may_be_replaced() -> None:
    feed: Feed[str] = Feed()
    feed.append("joined")
    feed.append("rank 2", replaces=True)
    feed.append("rank 1", replaces=True)
    assert feed.snapshot() == ["rank 1"]
    follower = feed.follow()
    assert next(follower) == "rank 1"
    feed.append("rank 0", replaces=True)  # the follower hears of this one too
    feed.close()
    assert list(follower) == ["rank 0"]
    assert feed.snapshot() == ["rank 1", "rank 0"]


def test_the_oldest_give_way_where_items_stay() -> None:
    feed: Feed[int] = Feed(limit=100)
    follower = feed.follow()
    for number in range(100):
        assert feed.append(number, weight=10)
        assert next(follower) == number  # whoever reads on misses none
    feed.close()
    assert list(follower) == []
    kept = feed.snapshot()
    assert kept == list(range(100 - len(kept), 100))
    assert 5 <= len(kept) <= 10
    assert feed.dropped == 100 - len(kept)
    assert list(feed.follow()) == kept  # who comes late begins with the first kept


def test_one_item_is_kept_however_large() -> None:
    feed: Feed[str] = Feed(limit=10)
    for item in "abc":
        assert feed.append(item, weight=1000)
    assert feed.snapshot() == ["c"]


def test_no_more_are_taken_where_too_much_is_unread() -> None:
    feed: Feed[int] = Feed(keep=False, limit=100)
    taken = [feed.append(number, weight=30) for number in range(5)]
    assert taken == [True, True, True, False, False]
    assert feed.append(-1)  # the end is told all the same
    follower = feed.follow()
    assert [next(follower) for _ in range(4)] == [0, 1, 2, -1]
    assert feed.append(5, weight=30)
