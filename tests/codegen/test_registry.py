"""What is derived from the records of components is what the tables say."""

from __future__ import annotations

from gradio_codegen import components, defaults, docs, examples, made, names, schema
from gradio_codegen.typeexpr import Named, parsed
from gradio_runtime import filedata, kinds, types, untyped, wire
from gradio_runtime._components.registry import HOMES, KINDS, VALUES, kind_of
from gradio_runtime.description import HIDDEN_TYPES

OF_FILES = [kind for kind in KINDS.values() if kind.files]


def named(**flags: object) -> set[str]:
    return {
        name
        for name, kind in KINDS.items()
        if all(getattr(kind, flag) == value for flag, value in flags.items())
    }


def test_types_are_those_of_the_old_table() -> None:
    for name, old in kinds.KINDS.items():
        assert (KINDS[name].takes, KINDS[name].gives) == (old.takes, old.gives)
        assert KINDS[name].schema_wanted == old.plain
    new = {"api", "chatbot", "dataset", "interpretation", "state", "text"}
    assert KINDS.keys() - kinds.KINDS.keys() == new


def test_codecs() -> None:
    shaped = {name for name, kind in KINDS.items() if kind.codec}
    assert shaped | {"sketch"} == wire.SHAPED
    assert kind_of("image").of({"tool": "sketch"}).codec == "_codecs.media:SKETCH"


def test_values() -> None:
    homes = {name: f"types.{home}" for name, home in types._HOME.items()}
    del homes["Several"]
    assert homes == HOMES


def test_files() -> None:
    bare, captioned = named(files="bare"), named(files="captioned")
    assert bare | captioned == filedata.FILE_COMPONENTS
    assert bare == untyped._BARE_FILES
    assert named(files="among") == filedata._WITH_FILES
    assert named(inline=True) == filedata._INLINE
    members = {m for kind in OF_FILES for m in kind.members}
    assert members | {"data", "name", "path", "url"} == filedata._MEMBERS
    among = {m for kind in OF_FILES if kind.files == "among" for m in kind.members}
    assert among | {"path"} == filedata._MEMBERS_AMONG_TEXTS
    assert {v.name for kind in OF_FILES for v in kind.values} == names.HOLD_FILES


def test_hidden() -> None:
    assert named(hidden=True) == HIDDEN_TYPES
    assert named(stateful=True) == {"state"}


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
