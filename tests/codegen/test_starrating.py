"""A component that Gradio does not have: one record is all that it takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from gradio_codegen.build import build
from gradio_codegen.check import check_code
from gradio_codegen.examples import example_call
from gradio_runtime import types
from gradio_runtime._codecs.codec import decode, encode
from gradio_runtime.description import Component, Config
from gradio_runtime.dialect import Dialect
from gradio_runtime.files import File
from gradio_runtime.types import StarRating

from tests.codegen.support import Slot, endpoint, module_of, spec_of
from tests.codegen.test_drift_rule import breaking, plain, refused

STARS = StarRating(stars=4)
SLOT = Component(id=1, type="starrating")


def no_file(_value: object) -> File:
    raise AssertionError


def test_a_module_has_its_type_its_title_and_an_example() -> None:
    slot, default = (
        Slot("starrating", "r"),
        Slot("starrating", "d", default={"stars": 3}),
    )
    rate = endpoint("rate", [slot, default], [Slot("starrating")])
    code = module_of(rate).code
    assert "from gradio_runtime.types import StarRating\n" in code
    assert (
        "def rate(r: StarRating, d: StarRating | None = None) -> Call[StarRating]"
        in code
    )
    assert "r: Star Rating. More is better." in code
    assert 'StarRating.model_validate({"stars": 3})' in code
    built, _ = build(spec_of(rate))
    example = example_call(built, built.endpoints[0])
    assert "from gradio_runtime.types import StarRating\n" in example
    assert "rate(r=StarRating(stars=4))" in example
    check_code(code)


def test_type_checkers_know_it(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from gradio_runtime.types import StarRating\nx: str = StarRating(stars=4).stars\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", script],
        capture_output=True,
        text=True,
    )
    assert '(expression has type "int", variable has type "str")' in done.stdout


def test_it_travels_to_every_version() -> None:
    assert "StarRating" in types.__all__
    for version, protocol, wire in (
        ("3.50.2", "ws", [4, 5]),
        ("6.31.0", "sse_v3", {"stars": 4, "of": 5}),
    ):
        dialect = Dialect.of(Config(version=version, protocol=protocol))
        assert encode(STARS, SLOT, dialect) == wire
        decoded = decode(wire, "starrating", dialect, no_file)
        assert StarRating.model_validate(decoded) == STARS


def test_drift_is_judged_by_its_types() -> None:
    before = plain("input", "starrating")
    for now, fits in (("starrating", True), ("json", True), ("slider", False)):
        after = plain("input", now)
        assert bool(breaking(before, after)) == bool(refused(before, after)) != fits
