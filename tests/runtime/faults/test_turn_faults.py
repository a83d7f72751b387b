"""Faults of Gradio 3 to 4.8, which ask for a job's data when its turn has come."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from gradio_runtime import (
    AppError,
    AuthenticationError,
    ConnectError,
    ConnectionLost,
    GradioError,
    JobCancelled,
    ProtocolError,
    QueueFull,
    RateLimited,
)

from tests.runtime.wire_api import WireClient
from tests.support.misbehaving import (
    ASKS,
    CONFIG,
    DIRECT,
    DONE,
    EARLY,
    ESTIMATION,
    SOCKETS,
    STARTS,
    Answer,
    Handler,
    Server,
    count,
    of_one,
)

HASH = {"msg": "send_hash"}


class Turn:
    """One conversation of either protocol, up to a point, and then a fault."""

    def __init__(self, protocol: str) -> None:
        self.sockets = protocol == "ws"
        base = SOCKETS if self.sockets else EARLY
        #: What differs from a newer app's.
        self.config = {k: v for k, v in base.items() if v != CONFIG.get(k)}
        self.given = threading.Event()
        Handler.answers = {
            "/config": lambda h: h.json(CONFIG | self.config),
            "/queue/data": self._take,
        }

    def _take(self, handler: Handler) -> None:
        handler.json(None)
        self.given.set()

    def begin(self, handler: Handler) -> None:
        if self.sockets:
            handler.open_socket()
            handler.say(HASH)
            handler.hear()
        else:
            handler.begin_events()

    def say(self, handler: Handler, message: object) -> None:
        if self.sockets:
            handler.say(message)
        else:
            handler.event(message)

    def ask(self, handler: Handler) -> None:
        self.say(handler, ASKS)
        if self.sockets:
            handler.hear()
        else:
            assert self.given.wait(10)
            self.given.clear()

    def whole(self, handler: Handler) -> None:
        self.begin(handler)
        self.say(handler, ESTIMATION)
        self.ask(handler)
        self.say(handler, STARTS)
        self.say(handler, DONE)
        if self.sockets:
            handler.shut(1000)
        else:
            handler.end()

    def answers(self, *each: Answer) -> None:
        """What the joins get, in order; the last one whenever asked again."""
        left = list(each)
        Handler.answers["/queue/join"] = lambda h: (
            left.pop(0) if len(left) > 1 else left[0]
        )(h)


@pytest.fixture(params=["sse", "ws"])
def turn(request: pytest.FixtureRequest, server: Server) -> Turn:
    return Turn(request.param)


def call(server: Server, retries: int = 2, **options: Any) -> object:
    with WireClient(server.url, **options) as client:
        return client.echo.with_options(retries=retries)("x")


def test_a_conversation(server: Server, turn: Turn) -> None:
    turn.answers(turn.whole)
    assert call(server) == "ok"


@pytest.mark.parametrize("asked", [False, True])
def test_a_loss_says_whether_it_may_have_run(
    server: Server, turn: Turn, asked: bool
) -> None:
    def join(handler: Handler) -> None:
        turn.begin(handler)
        turn.say(handler, ESTIMATION)
        if asked:
            turn.ask(handler)
            turn.say(handler, STARTS)
        handler.cut()

    turn.answers(join)
    with pytest.raises(ConnectionLost) as lost:
        call(server, retries=0)
    assert lost.value.may_have_run is asked
    assert count("/queue/join") == 1


def test_a_job_that_still_waited_joins_once_more(server: Server, turn: Turn) -> None:
    """Nothing can have run: its data was never asked for."""

    def cut(handler: Handler) -> None:
        turn.begin(handler)
        turn.say(handler, ESTIMATION)
        handler.cut()

    turn.answers(cut, turn.whole)
    with WireClient(server.url) as client:
        job = client.echo.submit("x")
        assert job.result(timeout=10) == "ok"
        codes = [u.code for u in job.updates()]
    assert codes == sorted(codes)
    assert count("/queue/join") == 2
    turn.answers(cut)
    with pytest.raises(ConnectionLost) as lost:
        call(server, retries=5)
    assert not lost.value.may_have_run
    assert count("/queue/join") == 4  # once more, not for ever


def test_a_job_that_began_is_not_sent_again(server: Server, turn: Turn) -> None:
    def join(handler: Handler) -> None:
        turn.begin(handler)
        turn.ask(handler)
        handler.cut()

    turn.answers(join)
    with pytest.raises(ConnectionLost) as lost:
        call(server, retries=5)
    assert lost.value.may_have_run
    assert count("/queue/join") == 1


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_a_job_whose_result_came_is_not_sent_again(
    server: Server, turn: Turn, status: int
) -> None:
    """Its file may be asked for again; what would repeat the call would run it twice."""
    config = {**of_one("echo", "textbox", "file"), **turn.config}
    file = (
        {"name": "/a.txt", "is_file": True, "data": None}
        if turn.sockets
        else {"path": "/a.txt", "meta": {"_type": "gradio.FileData"}}
    )

    def join(handler: Handler) -> None:
        turn.begin(handler)
        turn.ask(handler)
        turn.say(handler, {**DONE, "output": {"data": [file]}})

    turn.answers(join)
    Handler.answers |= {
        "/config": lambda h: h.json(config),
        "/login": lambda h: h.json({"success": True}),
        "/file=/a.txt": lambda h: h.json({}, status, {"Retry-After": "0"}),
    }
    with WireClient(server.url, auth=("user", "password")) as client:
        echo = client.echo.with_options(on_drift="ignore")
        with pytest.raises(GradioError):
            echo("x")
    assert count("/file=/a.txt")
    assert count("/queue/join") == 1


STATUSES: dict[int, type[GradioError]] = {
    401: AuthenticationError,
    403: AuthenticationError,
    404: ConnectError,
    429: RateLimited,
    500: ProtocolError,
    503: ConnectError,
}


@pytest.mark.parametrize("status", STATUSES)
def test_a_join_that_is_refused(server: Server, turn: Turn, status: int) -> None:
    turn.answers(lambda h: h.json({"detail": "a reason"}, status, {"Retry-After": "0"}))
    with pytest.raises(STATUSES[status]):
        call(server, retries=0)


def test_a_full_queue(server: Server, turn: Turn) -> None:
    def full(handler: Handler) -> None:
        turn.begin(handler)
        turn.say(handler, {"msg": "queue_full"})
        handler.cut()

    turn.answers(full)
    with pytest.raises(QueueFull):
        call(server, retries=0)
    turn.answers(full, turn.whole)
    assert call(server) == "ok"


def test_a_page_at_the_join(server: Server, turn: Turn) -> None:
    turn.answers(lambda h: h.page())
    with pytest.raises((ProtocolError, ConnectError)):
        call(server)


BROKEN: dict[str, tuple[list[Any], type[GradioError]]] = {
    "no object": ([["x"]], ProtocolError),
    "no outputs": ([{**DONE, "output": {"data": 5}}], ProtocolError),
    "error: null": (
        [{**DONE, "output": {"error": None}, "success": False}],
        AppError,
    ),
    "stopped": ([{"msg": "unexpected_error", "message": "stopped"}], ConnectionLost),
}


@pytest.mark.parametrize("case", BROKEN)
def test_messages_that_make_no_sense(server: Server, turn: Turn, case: str) -> None:
    messages, error = BROKEN[case]

    def join(handler: Handler) -> None:
        turn.begin(handler)
        turn.ask(handler)
        for message in messages:
            turn.say(handler, message)
        handler.cut()

    turn.answers(join)
    with pytest.raises(error):
        call(server)


@pytest.mark.slow
def test_a_silent_server(server: Server, turn: Turn) -> None:
    over = threading.Event()

    def join(handler: Handler) -> None:
        turn.begin(handler)
        turn.say(handler, ESTIMATION)
        over.wait(10)

    turn.answers(join)
    with pytest.raises(ConnectionLost, match="silent") as lost:
        call(server, retries=0, idle_timeout=0.3)
    over.set()
    assert not lost.value.may_have_run


def test_a_message_beyond_the_limit(server: Server, turn: Turn) -> None:
    def join(handler: Handler) -> None:
        turn.begin(handler)
        turn.ask(handler)
        turn.say(handler, {**DONE, "output": {"data": ["x" * 100_000]}})
        handler.cut()

    turn.answers(join)
    with pytest.raises(ProtocolError, match=r"more than 9999 bytes.*max_message_size"):
        call(server, max_message_size=9999)


# ---- only sockets


def test_the_other_end_of_a_socket(server: Server) -> None:
    turn = Turn("ws")

    def closes(code: int, kind: int = 8) -> Answer:
        def join(handler: Handler) -> None:
            turn.begin(handler)
            turn.ask(handler)
            if kind == 2:
                handler.send_frame(b"\x00\x01", 2)
            else:
                handler.shut(code)
            handler.rfile.read(1)  # the client answers, or hangs up

        return join

    turn.answers(closes(1000))  # another event of the app has cancelled it
    with pytest.raises(JobCancelled):
        call(server)
    turn.answers(closes(1011))
    with pytest.raises(ConnectionLost, match="1011"):
        call(server)
    turn.answers(closes(1009))
    with pytest.raises(ConnectionLost, match="too large for one message"):
        call(server)
    turn.answers(closes(0, 2))
    with pytest.raises(ProtocolError, match="sent bytes"):
        call(server)


@pytest.mark.parametrize("status", [301, 307])
def test_a_handshake_that_is_redirected(server: Server, status: int) -> None:
    turn = Turn("ws")
    Handler.answers["/moved/queue/join"] = turn.whole
    turn.answers(lambda h: h.redirect("/moved/queue/join", status))
    assert call(server, headers={"x-mine": "1"}) == "ok"
    assert dict(Handler.seen)["/moved/queue/join"]["x-mine"] == "1"


def test_a_handshake_that_is_redirected_elsewhere(server: Server) -> None:
    turn = Turn("ws")
    turn.answers(lambda h: h.redirect("http://localhost:9/queue/join"))
    with pytest.raises(ConnectError, match=r"redirects calls to http://localhost:9"):
        call(server)
    turn.answers(lambda h: h.redirect("/queue/join"))
    with pytest.raises(ConnectError, match="circle"):
        call(server)


# ---- Gradio 3 without a queue


def direct(*answers: Answer) -> None:
    left = list(answers)
    Handler.answers = {
        "/config": lambda h: h.json(DIRECT),
        "/api/predict": lambda h: (left.pop(0) if len(left) > 1 else left[0])(h),
    }


def result(handler: Handler) -> None:
    handler.json({"data": ["ok"], "is_generating": False})


DIRECT_FAULTS: dict[str, tuple[Answer, type[GradioError]]] = {
    "401": (lambda h: h.json({"detail": "no"}, 401), AuthenticationError),
    "422": (lambda h: h.json({"detail": "no"}, 422), GradioError),
    "500 of the app": (lambda h: h.json({"error": "boo"}, 500), AppError),
    "500": (
        lambda h: h.raw(b"Internal Server Error", "text/plain", 500),
        ProtocolError,
    ),
    "502": (lambda h: h.json({}, 502), ConnectionLost),
    "504": (lambda h: h.json({}, 504), ConnectionLost),
    "page": (lambda h: h.page(), ConnectError),
    "cut": (lambda h: h.cut(), ConnectionLost),
    "other JSON": (lambda h: h.json([1]), ProtocolError),
    "no outputs": (lambda h: h.json({"data": 5}), ProtocolError),
    "malformed": (lambda h: h.raw(b"{", "application/json"), ProtocolError),
    "error: null": (lambda h: h.json({"error": None}, 500), AppError),
}


@pytest.mark.parametrize("fault", DIRECT_FAULTS)
def test_a_plain_request_that_fails(server: Server, fault: str) -> None:
    answer, error = DIRECT_FAULTS[fault]
    direct(answer)
    with pytest.raises(error) as caught:
        call(server)
    assert count("/api/predict") == 1
    if isinstance(caught.value, ConnectionLost):
        assert caught.value.may_have_run


@pytest.mark.parametrize("status", [429, 503])
def test_a_plain_request_that_was_refused_is_sent_again(
    server: Server, status: int
) -> None:
    direct(lambda h: h.json({}, status, {"Retry-After": "0"}), result)
    assert call(server) == "ok"


def test_the_login_is_made_again(server: Server, turn: Turn) -> None:
    """A refused join has not run; in Gradio 3 and 4.0 just as later."""
    logins: Iterator[int] = iter(range(9))
    turn.answers(lambda h: h.json({"detail": "Not authenticated"}, 401), turn.whole)
    Handler.answers["/login"] = lambda h: h.json({"success": True, "n": next(logins)})
    assert call(server, auth=("user", "password")) == "ok"
    assert count("/login") == 2
    assert count("/queue/join") == 2
