"""Which session a job gets."""

from __future__ import annotations

from typing import Any, cast

import pytest
from gradio_runtime.protocol import Dialect
from gradio_runtime.session import Inbox, Session, SessionPool


def pool(*, removes_queued: bool) -> SessionPool:
    dialect = Dialect(removes_queued=removes_queued)
    return SessionPool(cast("Any", None), dialect, "own")


def occupy(session: Session, name: str = "e") -> Inbox:
    inbox = Inbox(0, event_id=name)
    session._inboxes[name] = inbox
    return inbox


@pytest.mark.parametrize("removes_queued", [True, False])
def test_state_forces_the_clients_own_session(removes_queued: bool) -> None:
    sessions = pool(removes_queued=removes_queued)
    occupy(sessions.own)
    for generator in (True, False):
        assert sessions.lease(stateful=True, generator=generator) is sessions.own


def test_plain_jobs_share_where_a_queued_one_can_be_removed() -> None:
    sessions = pool(removes_queued=True)
    occupy(sessions.own)
    assert sessions.lease(stateful=False, generator=False) is sessions.own


def test_plain_jobs_have_sessions_of_their_own_where_it_cannot() -> None:
    sessions = pool(removes_queued=False)
    first = sessions.lease(stateful=False, generator=False)
    assert first is sessions.own
    occupy(first)
    second = sessions.lease(stateful=False, generator=False)
    assert second is not first
    occupy(second)
    third = sessions.lease(stateful=False, generator=False)
    assert third not in (first, second)
    assert len({first.hash, second.hash, third.hash}) == 3


@pytest.mark.parametrize("removes_queued", [True, False])
def test_generators_never_share_and_spoilt_sessions_go(removes_queued: bool) -> None:
    sessions = pool(removes_queued=removes_queued)
    first = sessions.lease(stateful=False, generator=True)
    assert first is not sessions.own
    inbox = occupy(first)
    second = sessions.lease(stateful=False, generator=True)
    assert second is not first
    sessions.release(first, spoilt=False)
    assert sessions.lease(stateful=False, generator=True) is second
    first._inboxes.pop(inbox.event_id)
    assert sessions.lease(stateful=False, generator=True) is first
    sessions.release(first, spoilt=True)
    assert sessions.lease(stateful=False, generator=True) is second


def test_idle_sessions_do_not_pile_up() -> None:
    sessions = pool(removes_queued=True)
    leased = []
    for _ in range(50):
        leased.append(sessions.lease(stateful=False, generator=True))
        occupy(leased[-1])
    for session in leased:
        session._inboxes.clear()
        sessions.release(session, spoilt=False)
    assert len(sessions._others) <= 16
