"""Formatting in parts gives what black gives of the whole."""

from __future__ import annotations

from random import Random

import black
import pytest
from black.mode import Mode, TargetVersion
from black.parsing import InvalidInput
from gradio_codegen.descriptions.spec import AppSpec, loads
from gradio_codegen.errors import CodegenError
from gradio_codegen.options import BuildOptions
from gradio_codegen.write.format import format_code
from gradio_codegen.write.layout import Irregular, laid_out

from .judge import unformatted
from .regen import FOLDER, OPTIONS, cases
from .strategies import description, large

MODE = Mode(target_versions={TargetVersion.PY311, TargetVersion.PY312})


def whole(code: str) -> str:
    return black.format_str(code, mode=MODE)


@pytest.mark.slow
@pytest.mark.parametrize("name", cases())
def test_a_golden(name: str) -> None:
    text = (FOLDER / name / "description.json").read_text(encoding="utf-8")
    raw, _ = unformatted(loads(text, name), OPTIONS.get(name, BuildOptions()))
    assert format_code(raw) == whole(raw)


@pytest.mark.slow
def test_adversarial_modules() -> None:
    for seed in range(60):
        raw = large(Random(seed)) if seed % 20 == 0 else description(Random(seed))
        try:
            spec = AppSpec.from_raw("owner/app", *raw)
            code, _ = unformatted(spec, BuildOptions(all_endpoints=True))
        except CodegenError:
            continue
        assert format_code(code) == whole(code)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "x = 1\n",
        "class A(B):\n    'd'\n\n\n\n\nclass C(D):\n    pass\n",
        'class A(B):\n    """Doc."""\n\n    x: str = \'a\'\n    y: int = Field(a="b")\n',
        'class A(B):\n    """Doc. """\n\n    x: str = "a"\n',
        'class A(B):\n    """Doc."""\n    x: str = "a"\n\n\n\n    y: str = "b"\n',
        'class A(B):\n    """Doc."""\n\n    x: str = "it\'s"\n    z: str = \'"\'\n',
        'class A(B):\n    """It\'s."""\n\n    x: str = \'a\'\n',
        f'class A(B):\n    """{"d" * 90}"""\n\n    x: str = "{"x" * 90}"\n',
        f'class A(B):\n    """Doc."""\n\n    x: A[{"b, " * 40}c] = None\n',
        'x = """\n\n\nclass A(B):\n    pass\n"""\n\n\n@f\ndef g( ): pass\n',
        "x = '''\n\n\n@a\n'''\n",
    ],
)
def test_any_code(code: str) -> None:
    assert format_code(code) == whole(code)
    assert format_code(format_code(code)) == format_code(code)


@pytest.mark.parametrize("name", cases())
def test_black_is_for_what_is_irregular(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nearly all that our templates write is laid out without it."""
    text = (FOLDER / name / "description.json").read_text(encoding="utf-8")
    raw, _ = unformatted(loads(text, name), OPTIONS.get(name, BuildOptions()))
    left: list[str] = []

    def format_any(code: str) -> str:
        left.append(code)
        return code

    monkeypatch.setattr("gradio_codegen.write.format.format_any", format_any)
    format_code(raw)
    assert sum(map(len, left)) <= len(raw) // 5, left


def test_long_lines_of_a_stranger_take_no_time() -> None:
    for odd in (
        "a" * 50_000 + "!",
        "a: " + "b | " * 10_000 + "!",
        "a, " * 20_000 + "!",
    ):
        with pytest.raises(Irregular):
            laid_out(odd)


def test_what_does_not_parse_is_an_error() -> None:
    with pytest.raises(InvalidInput):
        format_code("class A(:\n\n\n\nclass B: pass\n")
