"""What works with which Gradio, as a table: each cell is a test on a real server.

`CAPABILITIES` is the one place that says it. `test_capabilities.py` has a test for each
row, which runs on every version, and `python -m tests.integration.capabilities` writes
the tables of `docs/versions.md` and of the README anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["CAPABILITIES", "VERSIONS", "Capability", "Note", "filled", "main"]

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "versions.md"
README = ROOT / "README.md"
TESTS = "../tests/integration/test_capabilities.py"

#: The servers, each with the protocol that it speaks.
VERSIONS: dict[str, str] = {
    "3.50": "ws",
    "4.8": "sse",
    "4.44": "sse_v3",
    "5.50": "sse_v3",
    "6.31": "sse_v3",
}
_OLD = ("3.50", "4.8", "4.44")
_AFTER_3 = ("4.8", "4.44", "5.50", "6.31")


@dataclass(frozen=True)
class Note:
    """What is special about a cell, and what the cell says."""

    text: str
    cell: str = "yes"


@dataclass(frozen=True)
class Capability:
    """One row.

    Attributes:
        test: The test's name, without `test_`.
        title: What it is, in the reader's words.
        notes: The cells that are more than "yes", by version.
    """

    test: str
    title: str
    notes: Mapping[str, Note] = field(default_factory=dict[str, Note])


@dataclass(frozen=True)
class Group:
    """Some rows, which are one in the README."""

    title: str
    rows: tuple[Capability, ...]


def _same(versions: tuple[str, ...], note: Note) -> dict[str, Note]:
    return dict.fromkeys(versions, note)


_LABELS = Note(
    "`/info` names no parameters: keywords and the parameters of generated modules come "
    "from the labels. In a generated module what has a value on the page may be left "
    "out; an untyped call gives every value."
)
_PAIRS = Note("A history is a list of pairs, `(user, bot)`, as the app has it.")
_MESSAGES = Note("A history is a list of `ChatMessage`, the same for both versions.")
_DIRECT = Note(
    "Called by a request of its own, so without a rank or a place in a queue."
)
_QUEUED = Note("Go through the queue all the same, which keeps every output.")
_NO_QUEUE = Note("Only Gradio 3 can be without a queue.", cell="n/a")
_NO_GENERATORS = Note(
    "Plain endpoints work; the server runs no generators then: `AppError`."
)

CAPABILITIES: tuple[Group, ...] = (
    Group(
        "Description, typed modules",
        (
            Capability("view_api", "`view_api()`"),
            Capability("generated_module", "A generated module, called"),
            Capability(
                "parameter_names",
                "Parameter names and defaults as in the app's code",
                _same(("3.50", "4.8"), _LABELS),
            ),
        ),
    ),
    Group(
        "Calls: sync, async, jobs, streams",
        (
            Capability("predict", "Blocking call"),
            Capability("aio", "`.aio`, many at once"),
            Capability("submit", "`.submit`, callbacks"),
            Capability("several_outputs", "Several outputs; none"),
            Capability("outputs", "Outputs of a generator, `result()`, `first()`"),
            Capability("stream", "`.stream`, sync and async"),
            Capability(
                "chat",
                "Chat histories",
                {
                    **_same(_OLD, _PAIRS),
                    **_same(("5.50", "6.31"), _MESSAGES),
                },
            ),
            Capability("many_jobs", "Forty jobs at once on one client"),
        ),
    ),
    Group(
        "Status, progress, logs",
        (
            Capability("stages", "Stages in order"),
            Capability("rank", "Rank, queue size and ETA while queued"),
            Capability("progress", "Progress bars"),
            Capability("logs", "`gr.Info` and `gr.Warning`"),
        ),
    ),
    Group(
        "Cancelling",
        (
            Capability("cancel_queued", "A queued job: removed, no other is touched"),
            Capability("cancel_generator", "A running generator: stopped"),
            Capability("cancel_plain", "A running plain function: `False`, it goes on"),
        ),
    ),
    Group(
        "State, files, errors",
        (
            Capability("state", "State of each client, `reset_session()`"),
            Capability("files", "Files up and down"),
            Capability("remote_files", "Files that stay remote"),
            Capability("app_error", "The text of a `gr.Error`"),
            Capability("hidden_error", "An exception that the app hides"),
            Capability("headers", "Headers of a client and of a call"),
            Capability("login", "Login with a password"),
        ),
    ),
    Group(
        "Queues",
        (
            Capability("queue_full", "A full queue: `QueueFull`"),
            Capability(
                "unqueued",
                "Endpoints with `queue=False`",
                {"3.50": _DIRECT, **_same(_AFTER_3, _QUEUED)},
            ),
            Capability(
                "no_queue",
                "Apps without a queue",
                {"3.50": _NO_GENERATORS, **_same(_AFTER_3, _NO_QUEUE)},
            ),
        ),
    ),
    Group(
        "Mounted apps and proxies",
        (
            Capability("mounted", "Mounted in a FastAPI app, under a path"),
            Capability("root_path", "`root_path` that the caller does not use"),
            Capability("proxy", "Behind a proxy that strips a path, with `root_path`"),
            Capability("mounted_proxy", "A mounted app behind a proxy that strips"),
        ),
    ),
)

#: Facts about servers that are no capability of ours.
_ABOUT = """\
- Gradio 3.26 is the first that describes its API; 3.50 stands for all of Gradio 3.
- 4.0 to 4.8 speak `sse`, a stream for each job; 4.9 to 4.21 `sse_v1` to `sse_v2.1`, of
  which the tests have recordings, and later ones `sse_v3`.
- A call of a `batch=True` endpoint hangs the queue of Gradio 4.8.0 for every client
  until it is started again. That is the server's, and no client can help it.
- Before 6.14 the server keeps a cancelled job in its queue; the runtime gives jobs that
  may be cancelled a session of their own, with which they leave it.
- From 6.14 a generator that starts in the moment in which it is taken out of the queue
  goes on although the server says that it has ended; the runtime stops it as well.
"""


def page() -> str:
    """The whole of docs/versions.md."""
    notes: list[str] = []
    lines = [*_head("test"), _row(["Protocol", *_protocols(), "`test_view_api`"])]
    for group in CAPABILITIES:
        lines.append(_row([f"**{group.title}**", *[""] * len(VERSIONS), ""]))
        for row in group.rows:
            cells = [_cell(row.notes.get(version), notes) for version in VERSIONS]
            lines.append(_row([row.title, *cells, f"`test_{row.test}`"]))
    footnotes = "\n".join(f"{i}. {note}" for i, note in enumerate(notes, 1))
    return (
        "# Gradio versions\n\n"
        "<!-- Written by `python -m tests.integration.capabilities`. -->\n\n"
        "Every cell is a test on a real server of that version, in\n"
        f"[test_capabilities.py]({TESTS}):\n"
        "`test_view_api[3.50]` is the first, and so on.\n\n"
        + "\n".join(lines)
        + f"\n\n{footnotes}\n\n## About the servers\n\n{_ABOUT}"
    )


def summary() -> str:
    """The section of the README: a line for each group."""
    lines = [*_head(), _row(["Protocol", *_protocols()])]
    lines += [_row([group.title, *["yes"] * len(VERSIONS)]) for group in CAPABILITIES]
    return (
        "## Gradio versions\n\n"
        + "\n".join(lines)
        + "\n\nThe whole table, with what is special about each version, is in\n"
        "[docs/versions.md](docs/versions.md). Each cell of it is a test on a real "
        "server.\n"
    )


def filled(text: str, name: str, content: str) -> str:
    """A document with new content between its markers `<!-- name -->`.

    Raises:
        ValueError: It does not have them.
    """
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)", re.S)
    if not pattern.search(text):
        raise ValueError(f"the document has no <!-- {name} --> … <!-- /{name} -->")
    return pattern.sub(lambda found: found[1] + content + found[2], text)


def _head(*more: str) -> list[str]:
    rule = ["---", *[":-:"] * len(VERSIONS), *["---"] * len(more)]
    return [_row(["", *VERSIONS, *more]), _row(rule)]


def _protocols() -> list[str]:
    return [f"`{protocol}`" for protocol in VERSIONS.values()]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(note: Note | None, notes: list[str]) -> str:
    if note is None:
        return "yes"
    if note.text not in notes:
        notes.append(note.text)
    return f"{note.cell} ({notes.index(note.text) + 1})"


def main() -> None:
    """Write both tables anew."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    readme = README.read_text(encoding="utf-8")
    README.write_text(filled(readme, "versions", summary()), encoding="utf-8")


if __name__ == "__main__":
    main()
