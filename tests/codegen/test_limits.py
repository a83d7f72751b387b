"""However large a description is: within bounds of memory, or refused with the place.

Each case runs in a process of its own, which may have two gigabytes and, so that one
that never ends fails, a time far beyond what it needs.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from gradio_codegen import SourceError, SpecError
from gradio_codegen.api import generate_from, read
from gradio_codegen.decide.names import MODULE, Namer, identifier
from gradio_codegen.descriptions.spec import AppSpec
from gradio_codegen.limits import CHOICES, DESCRIPTION, DOCUMENT, IDENTIFIER, cut

from .support import Slot, describe, endpoint, module_of

ROOT = Path(__file__).resolve().parents[2]
MEMORY = 2 << 30
MINUTES = 5

TEXT = "a" * 10_000_000


def one(*slots: Slot, **extra: Any) -> list[dict[str, Any]]:
    return [endpoint(extra.pop("name", "f"), slots, **extra)]


def schema(definition: Callable[[int], Any], count: int) -> Any:
    defs = {f"D{index}": definition(index) for index in range(count)}
    return {**defs["D0"], "$defs": defs}


def following(index: int) -> dict[str, str]:
    return {"$ref": f"#/$defs/D{index + 1}"}


def deep(levels: int) -> Any:
    inner: Any = {"type": "string"}
    for _ in range(levels):
        inner = {"type": "array", "items": inner}
    return inner


def fields(count: int) -> Any:
    return {
        "type": "object",
        "properties": {
            f"p{i}": {"type": "object", "properties": {f"q{i}": {}}}
            for i in range(count)
        },
    }


#: What is generated, and a text that the module has then.
ACCEPTED: Mapping[str, tuple[Callable[[], list[dict[str, Any]]], str]] = {
    "label": (lambda: one(Slot("textbox", "t", TEXT)), "a…"),
    "description": (lambda: one(Slot("textbox", "t"), description=TEXT), "a…"),
    "name": (lambda: one(Slot("textbox", TEXT)), f"{'a' * 48}: str"),
    "default": (lambda: one(Slot("textbox", "t", default=TEXT)), "UNCHANGED"),
    "help": (lambda: one(Slot("textbox", "t", props={"info": TEXT})), "a…"),
    "file type": (lambda: one(Slot("file", "t", props={"file_types": [TEXT]})), "a…a"),
    "choice": (
        lambda: one(Slot("radio", "t", props={"choices": [[TEXT, TEXT], "b"]})),
        "t: str",
    ),
    "choices": (
        lambda: one(
            Slot("radio", "t", props={"choices": [f"c{i}" for i in range(100_000)]})
        ),
        "One of 100,000 values",
    ),
    "parameters": (
        lambda: one(*(Slot("textbox", f"p{i}", default="x") for i in range(1000))),
        'p999: str = "x"',
    ),
    "parameters of one name": (
        lambda: one(*(Slot("textbox", "p", default="x") for _ in range(1000))),
        'p_1000: str = "x"',
    ),
    "endpoints": (
        lambda: [endpoint(f"f{i}", [Slot("textbox", "t")]) for i in range(5000)],
        "def f4999(",
    ),
    "endpoints of one function": (
        lambda: [endpoint(f"f{' ' * i}-") for i in range(900)],
        "def f_900(",
    ),
    "classes": (lambda: one(Slot("api", "t", schema=fields(1500))), "q1499"),
    "references that double": (
        lambda: one(
            Slot(
                "api",
                "t",
                schema=schema(
                    lambda i: {"type": "array", "prefixItems": [following(i)] * 2}, 500
                ),
            )
        ),
        "Any",
    ),
    "a chain of objects": (
        lambda: one(
            Slot(
                "api",
                "t",
                schema=schema(
                    lambda i: {"type": "object", "properties": {"a": following(i)}},
                    1500,
                ),
            )
        ),
        "Any",
    ),
}
REFUSED: Mapping[str, tuple[Callable[[], list[dict[str, Any]]], str]] = {
    "api_name": (lambda: one(name=TEXT), "config.dependencies[0].api_name"),
    "component": (lambda: one(Slot(TEXT, "t")), "config.components[1].type"),
    "depth": (
        lambda: one(Slot("api", "t", schema=deep(1000))),
        "info.named_endpoints./f.parameters[0].type.items.items",
    ),
    "depth below a long key": (
        lambda: one(Slot("api", "t", default={TEXT: [deep(1000)] * 1000})),
        "info.named_endpoints./f.parameters[0].parameter_default.aaa",
    ),
    "definitions": (
        lambda: one(Slot("api", "t", schema=schema(lambda _: {"type": {}}, 10_000))),
        "info.named_endpoints./f.parameters[0].type",
    ),
    "enumeration": (
        lambda: one(Slot("api", "t", schema={"enum": list(range(20_000))})),
        "info.named_endpoints./f.parameters[0].type",
    ),
    "text of a schema": (
        lambda: one(Slot("api", "t", schema={"const": TEXT})),
        "info.named_endpoints./f.parameters[0].type",
    ),
    "inputs": (
        lambda: one(*(Slot("textbox", "t") for _ in range(2001))),
        "config.dependencies[0].inputs",
    ),
    "endpoints": (
        lambda: [endpoint(f"f{i}") for i in range(10_001)],
        "config.dependencies",
    ),
    "values": (lambda: one(Slot("json", "t", default=[[]] * 2_000_001)), "info"),
}


def main(kind: str, name: str) -> None:
    """What the processes do."""
    import resource  # not on Windows

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    make, expected = (ACCEPTED if kind == "accepted" else REFUSED)[name]
    raw = describe(*make())
    if kind == "accepted":
        assert expected in generate_from(AppSpec.from_raw("owner/app", *raw)).code
        return
    with pytest.raises(SpecError) as caught:
        AppSpec.from_raw("owner/app", *raw)
    assert caught.value.place.startswith(expected), caught.value.place
    assert len(str(caught.value)) <= 1500


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *(("accepted", name) for name in ACCEPTED),
        *(("refused", name) for name in REFUSED),
    ],
)
def test_however_large(kind: str, name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.codegen.test_limits", kind, name],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60 * MINUTES,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def test_a_file_is_not_read_beyond_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "app.json"
    with path.open("wb") as file:
        file.truncate(DOCUMENT + 1)
    with pytest.raises(SourceError, match="larger than 32 MiB"):
        read(path)


def test_prose_is_cut_once_and_stays(tmp_path: Path) -> None:
    description = "word " * DESCRIPTION
    first = AppSpec.from_raw("o/a", *describe(endpoint("f", description=description)))
    kept = first.info.named_endpoints["/f"].description
    assert kept is not None
    assert len(kept) <= DESCRIPTION
    assert kept.endswith("d…")
    again = AppSpec.from_raw("o/a", *describe(endpoint("f", description=kept)))
    assert again.hash == first.hash


@pytest.mark.parametrize("text", ["", "abc", "abcdefgh  x"])
def test_cutting(text: str) -> None:
    assert cut(text, 9) in (text, "abcdefgh…")
    assert len(cut(text, 9)) <= 9


def test_as_many_choices_as_a_type_may_have() -> None:
    def code(count: int) -> str:
        props = {"choices": [f"c{i}" for i in range(count)]}
        return module_of(endpoint("f", [Slot("radio", "t", props=props)])).code

    assert f'"c{CHOICES - 1}"' in code(CHOICES)
    assert "Literal" not in code(CHOICES + 1)


def test_identifiers_are_kept_up_to_a_length() -> None:
    assert identifier("x" * IDENTIFIER, "f") == "x" * IDENTIFIER
    assert identifier("x" * (IDENTIFIER + 1), "f") == "x" * 48


def test_many_like_names_are_numbered_in_turn() -> None:
    namer = Namer(MODULE)
    namer.claim("x_3")
    assert [namer.claim("x") for _ in range(4)] == ["x", "x_2", "x_4", "x_5"]
    assert [namer.claim("print") for _ in range(3)] == ["print_", "print_2", "print_3"]
    assert [namer.claim_class("A") for _ in range(3)] == ["A", "A2", "A3"]


if __name__ == "__main__":
    main(*sys.argv[1:])
