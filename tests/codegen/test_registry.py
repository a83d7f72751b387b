"""What is derived from the records of components is what the tables say."""

from __future__ import annotations

from gradio_codegen import components, defaults, docs, examples, made, names, schema
from gradio_codegen.typeexpr import Named, parsed
from gradio_runtime._components.registry import HOMES, KINDS, VALUES, kind_of


def named(**flags: object) -> set[str]:
    return {
        name
        for name, kind in KINDS.items()
        if all(getattr(kind, flag) == value for flag, value in flags.items())
    }


def test_generator() -> None:
    assert named(takes="choice") == components._CHOICES
    assert named(takes="choice", several=True) == {"checkboxgroup"}
    assert named(schema_wanted=False) == components.SELF_TYPED
    assert named(takes="FileInput") == components._FILES
    assert named(bounded=True) == {"number", "slider"}
    kept = {name: kind.keeps for name, kind in KINDS.items() if kind.keeps}
    assert kept == components.KEPT_PROPS
    pairs, messages = (
        kind_of("chatbot").of({"type": t}) for t in ("tuples", "messages")
    )
    assert (parsed(pairs.takes), parsed(pairs.gives)) == components._PAIRS
    assert (parsed(messages.takes), parsed(messages.gives)) == components._MESSAGES


def test_classes() -> None:
    imports = dict.fromkeys(VALUES.keys() & HOMES.keys(), "gradio_runtime.types")
    imports |= dict.fromkeys(("Several", "Unchanged"), "gradio_runtime.types")
    old = {n: m for n, m in names.IMPORTS.items() if m == "gradio_runtime.types"}
    assert imports == old
    fields = {v.name: frozenset(v.fields) for v in VALUES.values() if v.fields}
    assert fields == schema.RUNTIME_CLASSES
    unwritten = {Named(v.name) for v in VALUES.values() if not v.written}
    assert unwritten == defaults._NOT_WRITTEN
    assert {v.name for v in VALUES.values() if v.plain} == {
        *made._PLAIN_FIELDS,
        "DataframeInput",
    }


def test_prose() -> None:
    titles = {name: kind.title for name, kind in KINDS.items() if kind.title}
    assert titles == docs._COMPONENT_NAMES
    given = {v.name: v.example for v in VALUES.values() if v.example != "None"}
    del given["FileInput"]
    plain = {"Any", "None", "bool"}
    assert given == {k: v for k, v in examples._VALUES.items() if k not in plain}
    files = {
        n: k.example.strip('"') for n, k in KINDS.items() if k.takes == "FileInput"
    }
    assert {n: e for n, e in files.items() if e} == examples._FILES
