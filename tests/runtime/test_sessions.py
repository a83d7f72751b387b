"""Which session a job gets."""

from __future__ import annotations

from typing import Any, cast

import pytest
from gradio_runtime._queue.session import Session
from gradio_runtime._queue.session_pool import SessionPool
from gradio_runtime.description.dialect import Dialect


def pool(*, removes_queued: bool) -> SessionPool:
    dialect = Dialect(removes_queued=removes_queued)
    return SessionPool(cast("Any", None), dialect, "own")


def end(session: Session) -> None:
    """As if the one job of a session had joined and ended."""
    session._joining -= 1


@pytest.mark.parametrize("removes_queued", [True, False])
def test_state_forces_the_clients_own_session(removes_queued: bool) -> None:
    sessions = pool(removes_queued=removes_queued)
    for generator in (True, False, True):
        assert sessions.lease(stateful=True, generator=generator) is sessions.own


def test_plain_jobs_share_where_a_queued_one_can_be_removed() -> None:
    sessions = pool(removes_queued=True)
    for _ in range(3):
        assert sessions.lease(stateful=False, generator=False) is sessions.own


def test_plain_jobs_have_sessions_of_their_own_where_it_cannot() -> None:
    sessions = pool(removes_queued=False)
    leased = [sessions.lease(stateful=False, generator=False) for _ in range(3)]
    assert leased[0] is sessions.own
    assert len({session.hash for session in leased}) == 3
    end(leased[0])
    assert sessions.lease(stateful=False, generator=False) is sessions.own


@pytest.mark.parametrize("removes_queued", [True, False])
def test_generators_never_share_and_spoilt_sessions_go(removes_queued: bool) -> None:
    sessions = pool(removes_queued=removes_queued)
    first = sessions.lease(stateful=False, generator=True)
    second = sessions.lease(stateful=False, generator=True)
    assert len({first.hash, second.hash, sessions.own.hash}) == 3
    end(first)
    sessions.release(first)
    assert sessions.lease(stateful=False, generator=True) is first
    end(first)
    first.spoilt = True
    sessions.release(first)
    assert sessions.lease(stateful=False, generator=True) is not first


def test_idle_sessions_do_not_pile_up() -> None:
    sessions = pool(removes_queued=True)
    leased = [sessions.lease(stateful=False, generator=True) for _ in range(50)]
    for session in leased:
        end(session)
        sessions.release(session)
    later = [sessions.lease(stateful=False, generator=True) for _ in range(50)]
    kept = [session for session in later if session in leased]
    assert 1 <= len(kept) <= 16
