"""docs/protocol.md says what the code does, and the code refers to what is there."""

from __future__ import annotations

import ast
import inspect
import json
import re
from itertools import pairwise

import pytest
from gradio_runtime._http.settings import Settings
from gradio_runtime._queue import messages as protocol
from gradio_runtime.description import Config
from gradio_runtime.description.dialect import PROTOCOLS, Dialect

from tests.docs.protocol_page import PAGE, ROOT, SERVERS, citations, page, sections
from tests.docs.test_faults_table import existing

TEXT = PAGE.read_text("utf-8")
CAPTURES = ROOT / "tests" / "runtime" / "captures"
#: Sections that are about what the code does not do.
WITHOUT_CODE = {"what-is-not-used", "where-the-code-uses-it"}


def table(section: str) -> list[list[str]]:
    """The cells of a section's first table, without its head."""
    text = TEXT.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    rows = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def test_each_section_is_referred_to_and_each_reference_is_a_section() -> None:
    cited = {anchor for _, anchor in citations()}
    assert cited == set(sections(TEXT)) - WITHOUT_CODE


def test_no_module_refers_to_notes_outside_the_repository() -> None:
    for path in (*(ROOT / "runtime").rglob("*.py"), *(ROOT / "codegen").rglob("*.py")):
        text = path.read_text("utf-8").replace("docs/protocol.md#", "")
        assert "protocol.md" not in text, path


def test_the_tables_from_the_code_are_in_step() -> None:
    assert page() == TEXT, "python -m tests.docs.protocol_page"


def test_the_protocols_are_those_that_are_spoken() -> None:
    named = [protocol for row in table("Versions") for protocol in names(row[1])]
    for spoken in {*named, *SERVERS.values()}:
        Dialect.of(Config(version="6.31.0", protocol=spoken))
    assert set(named) == set(SERVERS.values()) == PROTOCOLS


def test_the_messages_are_those_that_are_decoded() -> None:
    rows = {names(row[0])[0]: names(row[1]) for row in table("Messages")}
    source = ast.parse(inspect.getsource(protocol.decode))
    known = {
        pattern.value.value
        for pattern in ast.walk(source)
        if isinstance(pattern, ast.MatchValue)
        and isinstance(pattern.value, ast.Constant)
    }
    assert known == {name for name, decoded in rows.items() if decoded != ["Ignored"]}
    speaks = Dialect()
    for name, decoded in rows.items():
        for success in (True, False):
            said: dict[str, object] = {"msg": name, "success": success}
            message = json.dumps({**said, "output": {"data": []}})
            made = protocol.decode(message, speaks)
            assert type(made).__name__ in {
                *decoded,
                *(["Failed"] if not success else ()),
            }
    every = {kind.__name__ for kind in protocol.Message.__args__}
    assert every == {kind for decoded in rows.values() for kind in decoded}


def test_every_recorded_message_is_in_the_table() -> None:
    listed = {names(row[0])[0] for row in table("Messages")}
    recorded = {
        name
        for path in CAPTURES.rglob("*.jsonl")
        for name in re.findall(r'"msg": ?"(\w+)"', path.read_text("utf-8"))
    }
    assert recorded
    assert recorded <= listed


def test_the_errors_of_statuses_are_those_that_are_raised() -> None:
    import httpx2
    from gradio_runtime._http.statuses import status_error

    for row in table("Statuses"):
        for status in re.findall(r"\d{3}", row[0]):
            detail = {"detail": row[0].partition('"')[2].rstrip('"') or "no"}
            request = httpx2.Request("POST", "http://127.0.0.1/queue/join")
            answer = httpx2.Response(int(status), json=detail, request=request)
            raised = status_error(answer, answer.content)
            assert names(row[2]) == [type(raised).__name__], status


def test_the_actions_of_edits_are_those_that_are_applied() -> None:
    from gradio_runtime._queue.outputs import Outputs

    edits = {
        "replace": ([1], ["replace", [0], 2], [2]),
        "append": ("a", ["append", [], "b"], "ab"),
        "add": ([1], ["add", [0], 0], [0, 1]),
        "delete": ([1], ["delete", [0], None], []),
    }
    assert [names(row[0])[0] for row in table("Edits")] == list(edits)
    for before, edit, after in edits.values():
        outputs = Outputs()
        outputs.update([before])
        assert outputs.update([[edit]]) == [after]


def test_what_a_fact_is_seen_in_exists() -> None:
    folders = "|".join(path.name for path in CAPTURES.iterdir() if path.is_dir())
    recordings = re.findall(rf"`((?:{folders})/\w+)`", TEXT)
    assert len(recordings) > 20
    assert [r for r in recordings if not (CAPTURES / f"{r}.jsonl").exists()] == []
    tests = set(re.findall(r"`(test_\w+)`", TEXT))
    assert tests
    assert tests <= existing()


def test_times_are_those_of_the_code() -> None:
    assert f"silent for {Settings.idle_timeout:.0f} seconds" in TEXT


@pytest.mark.parametrize(("older", "newer"), list(pairwise(SERVERS)))
def test_each_column_of_the_dialects_differs(older: str, newer: str) -> None:
    """A column like its neighbour would say nothing."""
    of = {v: Dialect.of(Config(version=v, protocol=SERVERS[v])) for v in (older, newer)}
    assert of[older] != of[newer]


def names(cell: str) -> list[str]:
    return re.findall(r"`([\w.]+)`", cell)
