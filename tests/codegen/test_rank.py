"""Which endpoints look like the app's work: the example, the order, and `--main`."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gradio_codegen import diff
from gradio_codegen.api import generate_from
from gradio_codegen.commands.console import Talk
from gradio_codegen.decide.build import build
from gradio_codegen.descriptions.spec import AppSpec, dumps
from gradio_codegen.drift import drift, read_module
from gradio_codegen.errors import Diagnostic
from gradio_codegen.options import BuildOptions

from ..conftest import StartServer
from .regen import cases, generate_case
from .support import Slot, describe, endpoint, module_of
from .test_cli import run

#: The page: what runs endpoints, by its id.
GENERATE, ICON, BOX, PICTURE, SAMPLES = range(2, 7)
PAGE: list[dict[str, Any]] = [
    {"type": "button", "props": {"value": "Generate"}},
    {"type": "button", "props": {"value": "🔄"}},
    {"type": "checkbox", "props": {"label": "Advanced"}},
    {"type": "image", "props": {"label": "Picture"}},
    {"type": "dataset", "props": {}},
]
CLICK = [[GENERATE, "click"]]
ITS_ICON = [[ICON, "click"]]
CHANGE = [[BOX, "change"]]
UPLOAD = [[PICTURE, "upload"]]
SAMPLE = [[SAMPLES, "click"]]
LOAD = [[None, "load"]]
MAIN = BuildOptions(main=True)


def of_page(*endpoints: dict[str, Any]) -> AppSpec:
    return AppSpec.from_raw("owner/app", *describe(*endpoints, page=PAGE))


def ranked(spec: AppSpec) -> list[str]:
    return [item.api_name for item in build(spec)[0].ranked]


def work(spec: AppSpec) -> list[str]:
    return [item.api_name for item in build(spec, MAIN)[0].endpoints]


# --- What is the app's work

FIELD, OTHER, NEW = Slot("textbox", "t"), Slot("slider", "n"), Slot("textbox")
IMAGE, LAYOUT, STATE = Slot("image", "i"), Slot("column"), Slot("state")
FIELDS = [FIELD, OTHER, IMAGE]


@pytest.mark.parametrize(
    ("targets", "inputs", "outputs", "kept"),
    [
        # What a user asks for
        (CLICK, [FIELD], [NEW], True),
        (CLICK, [], [NEW], True),
        (CLICK, [FIELD], [], True),
        (CLICK, [FIELD], [OTHER], True),
        ([], [FIELD], [OTHER], True),
        ([[PICTURE, "stream"]], [FIELD], [NEW], True),
        # A file is given or wanted
        (UPLOAD, [IMAGE], [NEW], True),
        (UPLOAD, [IMAGE], [IMAGE], True),
        (CHANGE, [FIELD], [Slot("file")], True),
        (CLICK, [FIELD], [IMAGE], True),
        # The page's own
        (CLICK, [], [], False),
        (CLICK, [], [FIELD], False),
        (CLICK, [], [IMAGE], False),
        (CLICK, [FIELD], [LAYOUT], False),
        (CLICK, [FIELD], [STATE], False),
        (ITS_ICON, [FIELD], [OTHER], False),
        (CHANGE, [FIELD], [OTHER], False),
        (CHANGE, [FIELD], [NEW], False),
        (CHANGE, [FIELD], [], False),
        (UPLOAD, [IMAGE], [FIELD], False),
        (SAMPLE, [FIELD], [OTHER], False),
        (LOAD, [], [NEW], False),
    ],
)
def test_the_work_is_what_is_asked_for_or_makes_something(
    targets: list[Any], inputs: Sequence[Slot], outputs: Sequence[Slot], kept: bool
) -> None:
    spec = of_page(
        endpoint("work", FIELDS, [Slot("image")], targets=CLICK),
        endpoint("f", inputs, outputs, targets=targets),
    )
    assert work(spec) == (["/work", "/f"] if kept else ["/work"])


def test_what_the_browser_alone_runs_is_not_there() -> None:
    spec = of_page(endpoint("f", [FIELD], [NEW]), endpoint("g", backend_fn=False))
    assert work(spec) == ["/f"]


@pytest.mark.parametrize(
    ("inputs", "kept"), [(FIELDS, True), ([STATE], True), ([], False)]
)
def test_a_later_step_is_work_if_it_takes_something(inputs: Any, kept: bool) -> None:
    spec = of_page(
        endpoint("seed", FIELDS, [NEW], targets=CLICK),
        endpoint("then", inputs, [Slot("image")], targets=[[None, "then"]], after=0),
    )
    assert ("/then" in work(spec)) == kept


def test_what_the_page_has_for_each_of_many_rows_is_not_work() -> None:
    def rows(count: int) -> list[str]:
        names = ["f", *(f"f_{number}" for number in range(1, count))]
        fill = [endpoint(name, [FIELD], [OTHER], targets=CLICK) for name in names]
        return work(of_page(endpoint("work", FIELDS, [NEW], targets=CLICK), *fill))

    assert len(rows(2)) == 3
    assert rows(9) == ["/work"]


def test_an_app_that_does_all_live_or_nothing_keeps_that() -> None:
    live = endpoint("live", [FIELD, OTHER], [NEW], targets=CHANGE)
    page = endpoint("page", [FIELD], [OTHER], targets=CHANGE)
    assert work(of_page(live, page)) == ["/live"]
    assert work(of_page(page)) == ["/page"]


# --- Rank


def test_a_better_one_goes_first_whatever_its_place() -> None:
    then = {"targets": [[None, "then"]], "after": 1}
    best_first = [
        endpoint("z_picture", FIELDS, [Slot("image")], targets=CLICK),
        endpoint("y_silent", FIELDS, [Slot("image")], targets=[[PICTURE, "click"]]),
        endpoint("x_chat", FIELDS, [Slot("chatbot")], targets=CLICK),
        endpoint("w_text", FIELDS, [NEW], targets=CLICK),
        endpoint("v_later", FIELDS, [NEW], **then),
        endpoint("u_uploaded", [IMAGE], [NEW], targets=UPLOAD),
        endpoint("t_nothing", [], [NEW], targets=CLICK),
        endpoint("s_page", [FIELD], [OTHER], targets=CHANGE),
    ]
    wanted = [f"/{item['name']}" for item in best_first]
    backwards = list(reversed(best_first))
    backwards[3]["after"] = backwards.index(best_first[0])
    assert ranked(of_page(*backwards)) == wanted
    code = generate_from(of_page(*backwards)).code
    assert "    from app_api import z_picture\n" in code
    order = code.split("\ndef ")[1:]
    assert [text.partition("(")[0] for text in order] == [
        n[1:] for n in reversed(wanted)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_app_decides_nothing(seed: int) -> None:
    alike = [
        endpoint(f"f_{n}", [FIELD], [NEW], targets=CLICK)
        for n in ("1", "2", "02", "10")
    ]
    others = [
        endpoint("a", FIELDS, [NEW], targets=CLICK),
        endpoint("b", [FIELD], [IMAGE], targets=UPLOAD),
        endpoint("lambda", [FIELD], [NEW], targets=CLICK),
    ]
    endpoints = [*alike, *others]
    wanted = ranked(of_page(*endpoints))
    random.Random(seed).shuffle(endpoints)
    assert ranked(of_page(*endpoints)) == wanted
    assert [name for name in wanted if "f_" in name] == [
        "/f_1",
        "/f_02",
        "/f_2",
        "/f_10",
    ]


def test_a_button_and_a_key_for_one_function_have_one_rank() -> None:
    slots = FIELDS, [Slot("image")]
    spec = of_page(
        endpoint("a", FIELDS, [Slot("image")], targets=CLICK),
        endpoint("draw_1", *slots, targets=CLICK),
        endpoint("draw", *slots, targets=[[BOX, "submit"]]),
    )
    assert ranked(spec) == ["/draw", "/draw_1", "/a"]


@pytest.mark.parametrize("name", cases())
def test_no_two_endpoints_have_one_rank(name: str) -> None:
    module, _ = build(generate_case(name).spec)
    assert len({item.rank for item in module.endpoints}) == len(module.endpoints)
    assert sorted(module.endpoints, key=id) == sorted(module.ranked, key=id)


# --- --main


@pytest.mark.slow
@pytest.mark.parametrize("name", cases())
def test_types_and_names_do_not_depend_on_it(name: str) -> None:
    spec = generate_case(name).spec
    # Nothing runs the goldens' endpoints: half of them are taken for the page's.
    half = [
        item if index % 2 else item.model_copy(update={"trigger": _change()})
        for index, item in enumerate(spec.config.dependencies)
    ]
    spec = replace(spec, config=spec.config.model_copy(update={"dependencies": half}))
    whole, part = generate_from(spec), generate_from(spec, MAIN)
    changes = {change.kind for change in diff(whole, part).changes}
    assert changes <= {"endpoint-removed"}
    assert part.endpoint_count <= whole.endpoint_count
    compile(part.code, "part.py", "exec")


def _change() -> Any:
    spec = of_page(endpoint("f", [FIELD], [OTHER], targets=CHANGE))
    return spec.config.dependencies[0].trigger


def test_it_says_what_it_leaves_out() -> None:
    page = [endpoint(f"p_{n}", [FIELD], [OTHER], targets=CHANGE) for n in range(9)]
    module = generate_from(of_page(endpoint("f", [FIELD], [NEW]), *page), MAIN)
    (note,) = module.diagnostics
    assert str(note) == (
        "note: --main leaves out 9 endpoints that do not look like the app's work: "
        "/p_0, /p_1, /p_2, /p_3, /p_4, …"
    )
    assert "# options: --main\n" in module.code
    assert generate_from(module.spec).endpoint_count == 10


def test_what_is_left_out_is_not_warned_of() -> None:
    odd = Slot("number", "n", default="odd")
    spec = of_page(
        endpoint("f", [FIELD], [NEW]),
        endpoint("g", [odd], [FIELD], targets=CHANGE),
    )
    assert [d.endpoint for d in generate_from(spec).diagnostics] == ["/g"]
    assert [d.endpoint for d in generate_from(spec, MAIN).diagnostics] == [""]


@pytest.mark.parametrize(("count", "hints"), [(99, 0), (100, 1)])
def test_a_big_app_is_told_of_it(count: int, hints: int) -> None:
    page = [endpoint(f"p_{n}", [FIELD], [OTHER], targets=CHANGE) for n in range(count)]
    _, said = build(of_page(endpoint("f", [FIELD], [NEW]), *page))
    assert len(said) == hints
    assert all("--main takes only the 1 that" in str(item) for item in said)


def test_an_endpoint_that_no_longer_is_work_is_a_change() -> None:
    def spec(targets: Any) -> AppSpec:
        return of_page(
            endpoint("f", [FIELD], [NEW]),
            endpoint("g", [FIELD], [OTHER], targets=targets),
        )

    before, after = spec(CLICK), spec(CHANGE)
    assert before.hash == after.hash
    module = read_module(generate_from(before, MAIN).code, "x.py")
    assert not drift(module, before)
    (change,) = drift(module, after).changes
    assert "--main leaves it out" in change.message


# --- Diagnostics


def test_many_of_one_kind_are_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    odd = [Slot("number", f"n{index}", default="odd") for index in range(9)]
    said = module_of(endpoint("f", odd)).diagnostics
    error = Diagnostic("error", "/g", "left out")
    for verbose, quiet, lines in (
        (False, False, 2),
        (True, False, 10),
        (False, True, 1),
    ):
        Talk(verbose=verbose, quiet=quiet).diagnostics([*said, error])
        assert len(capsys.readouterr().err.splitlines()) == lines
    Talk(verbose=False, quiet=False).diagnostics(said)
    assert capsys.readouterr().err == (
        "warning: 9 parameters are widened: their own defaults do not fit their types "
        "(--verbose names them)\n"
    )
    Talk(verbose=False, quiet=False).diagnostics(said[:3])
    assert len(capsys.readouterr().err.splitlines()) == 3


# --- Components whose own default does not fit


def test_what_a_component_has_as_its_default_is_an_output_too() -> None:
    odd = Slot("number", "n", label="N", default="odd")
    code = module_of(
        endpoint("g", [FIELD], [odd]),
        endpoint("both", [FIELD], [odd, NEW]),
        endpoint("f", [odd], [NEW]),
    ).code
    assert 'def f(n: float | str = "odd")' in code
    assert "def g(t: str) -> Call[float | str]" in code
    assert "    n: int | float | str" in code


def test_the_other_parameters_of_the_component_take_it() -> None:
    props: dict[str, Any] = {"label": "N"}
    config, info = describe(
        endpoint(
            "g", [FIELD], [odd := Slot("number", "n", default="odd", props=props)]
        ),
        endpoint("f", [odd], [NEW]),
        endpoint("h", [odd], [NEW]),
    )
    info["named_endpoints"]["/h"]["parameters"][0]["parameter_has_default"] = False
    code = generate_from(AppSpec.from_raw("owner/app", config, info)).code
    assert "def h(n: float | str)" in code


# --- The command line


def test_inspect_goes_by_rank_and_knows_main(tmp_path: Path) -> None:
    spec = of_page(
        endpoint("page", [FIELD], [OTHER], targets=CHANGE),
        endpoint("work", [FIELD], [NEW], targets=CLICK),
    )
    (tmp_path / "app.json").write_text(dumps(spec))
    for words, wanted in (([], ["/work", "/page"]), (["--main"], ["/work"])):
        done = run("inspect", "app.json", "--json", *words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        found = [item["api_name"] for item in json.loads(done.stdout)["endpoints"]]
        assert found == wanted
        assert ("--main leaves out 1 endpoint that does" in done.stderr) == bool(words)
        lines = run("inspect", "app.json", *words, cwd=tmp_path).stdout.splitlines()
        names = [line.split()[0] for line in lines[1:] if line.startswith("/")]
        assert names == wanted


def test_a_crowded_page_gives_its_work(
    start_server: StartServer, tmp_path: Path
) -> None:
    server = start_server("crowded")
    words = [sys.executable, "-m", "gradio_codegen"]
    words += [server.url, "-o", "x_api.py", "--main"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--main leaves out 4 endpoints" in done.stderr
    code = (tmp_path / "x_api.py").read_text("utf-8")
    assert "    from x_api import write\n" in code
    script = "import x_api as x; print(x.write('a', number=x.seed(True, 1)).text)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout == "a by small in 2 steps\n", done.stderr
