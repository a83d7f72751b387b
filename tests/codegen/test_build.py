"""Descriptions to modules: what is generated, and how it is named."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from gradio_codegen import CodegenError, UsageError
from gradio_codegen.decide.build import build
from gradio_codegen.decide.naming import client_name
from gradio_codegen.descriptions.spec import AppSpec, dumps, loads
from gradio_codegen.drift import compare, read_module
from gradio_codegen.options import BuildOptions
from gradio_runtime import File, Input
from gradio_runtime._components.registry import KINDS, kind_of

from .support import REQUIRED, Slot, describe, endpoint, load, module_of, spec_of

TEXT = Slot("textbox", "text", "Text")
#: The components that callers see.
SHOWN = [name for name, kind in KINDS.items() if not kind.hidden]


def functions(code: str) -> list[str]:
    return [
        line[4:].partition("(")[0] for line in code.split("\n") if line[:4] == "def "
    ]


def test_private_and_js_endpoints_are_never_there_undocumented_ones_if_wanted() -> None:
    items = [
        endpoint("ask"),
        endpoint("secret", visibility="private"),
        endpoint("page", backend_fn=False),
        endpoint("quiet", visibility="undocumented"),
    ]
    assert functions(module_of(*items).code) == ["ask"]
    everything = module_of(*items, all_endpoints=True)
    assert functions(everything.code) == ["ask", "quiet"]
    assert "# options: --all-endpoints\n" in everything.code


def test_globs_choose_endpoints_with_and_without_the_slash() -> None:
    items = [endpoint(name) for name in ("read_a", "read_b", "write_a")]
    assert functions(module_of(*items, include=("read_*",)).code) == [
        "read_a",
        "read_b",
    ]
    chosen = module_of(*items, include=("/read*", "write*"), exclude=("*_b",))
    assert functions(chosen.code) == ["read_a", "write_a"]
    with pytest.raises(CodegenError, match="no endpoint matches; the app has /read_a"):
        module_of(*items, include=("nothing",))


def test_state_is_hidden_on_both_sides() -> None:
    slots = [TEXT, Slot("state"), Slot("number", "n")]
    module = module_of(endpoint("f", slots, [Slot("state"), Slot("textbox")]))
    assert "def f(text: str, n: float) -> Call[str]:" in module.code
    assert 'shape="textbox, number -> textbox"' in module.code


def test_no_output_is_none_and_several_are_a_model() -> None:
    none = module_of(endpoint("f", [TEXT]))
    assert "-> Call[None]:" in none.code
    outputs = [
        Slot("textbox", label="Result"),
        Slot("number", label="result"),
        Slot("json"),
        Slot("label", label="copy"),
    ]
    several = module_of(endpoint("f", [TEXT], outputs)).code
    assert "-> Call[FOutput]:" in several
    for line in (
        "result: str",
        "result_2: int | float",
        "json_: Any",
        "copy_: LabelData",
    ):
        assert f"    {line}\n" in several
    assert "def astuple(self) -> tuple[str, float, Any, LabelData]:" in several


def test_an_output_that_is_an_input_may_be_none() -> None:
    box = Slot("textbox", "text", "Text")
    item = endpoint("f", [box], [box])
    assert "-> Call[str | None]:" in module_of(item).code
    other = endpoint("f", [], [Slot("number")])
    assert "-> Call[float]:" in module_of(other).code
    assert "-> Call[float | None]:" in module_of(other, nullable_outputs=True).code


@pytest.mark.parametrize("component", SHOWN)
def test_a_file_beside_other_outputs_may_be_none(component: str) -> None:
    slots = [Slot("textbox", label="Said"), Slot(component, label="Made")]
    code = module_of(endpoint("f", [TEXT], slots)).code
    made = re.search(r"^    made: (.*)", code, re.MULTILINE)
    assert made is not None
    assert "    said: str\n" in code
    alone = returned(module_of(endpoint("f", [TEXT], slots[1:])).code)
    by_rule = " | None" if kind_of(component).files == "bare" else ""
    assert made[1].replace("int | float", "float") == f"{alone}{by_rule}"


@pytest.mark.parametrize("component", SHOWN)
def test_what_refreshes_a_list_may_give_an_update(component: str) -> None:
    slot = shown(component)
    use = endpoint("use", [slot])
    other = returned(module_of(endpoint("f", [TEXT], [slot]), use).code)
    by_rule = " | Update" if kind_of(component).takes == "choice" else ""
    code = module_of(endpoint("f", [], [slot]), use).code
    cleared = " | None" if is_cleared(component) else ""
    assert returned(code) == f"{other}{by_rule}{cleared}"
    assert "Update" not in module_of(endpoint("f", [], [slot])).code
    beside = Slot("radio", "b", "B", props=slot.props)
    several = module_of(endpoint("f", [], [beside, slot]), use).code
    found = re.search(r"^    a: .* \| Update", several, re.MULTILINE)
    assert bool(found) == bool(by_rule)
    # A form that is reset gives values.
    reset = module_of(endpoint("f", [], [Slot("textbox"), slot]), use).code
    assert "Update" not in reset
    # Modules of before do not say it, and are none the worse.
    before = read_module(code.replace(" | Update", ""), "x")
    assert not compare(before, read_module(code, "x"))


@pytest.mark.parametrize("component", SHOWN)
def test_what_only_a_button_to_clear_gives_may_be_none(component: str) -> None:
    slot = shown(component)
    clear, use = endpoint("clear", [], [slot]), endpoint("use", [slot])
    alone = returned(module_of(clear).code)
    by_rule = " | None" if is_cleared(component) else ""
    update = " | Update" if kind_of(component).takes == "choice" else ""
    assert returned(module_of(clear, use).code) == f"{alone}{update}{by_rule}"


def shown(component: str) -> Slot:
    schema = {"type": "string"} if kind_of(component).takes == "str" else None
    return Slot(component, "a", "A", schema=schema, props={"choices": ["x", "y"]})


def is_cleared(component: str) -> bool:
    kind = kind_of(component)
    return (bool(kind.files) or kind.takes == "str") and not kind.never_null


def returned(code: str) -> str:
    found = re.search(r"^def \w+\(.*\) -> Call\[(.*)\]:", code, re.MULTILINE)
    assert found is not None
    return found[1]


def test_parameters_before_a_required_one_are_keyword_only() -> None:
    slots = [
        Slot("number", "a"),
        Slot("number", "b", default=1),
        Slot("number", "c"),
        Slot("number", "d", default=2),
    ]
    code = module_of(endpoint("f", slots)).code
    assert "def f(a: float, *, b: float = 1, c: float, d: float = 2)" in code
    code = module_of(endpoint("f", slots[2:])).code
    assert "def f(c: float, d: float = 2)" in code


@pytest.mark.parametrize(
    ("kinds", "signature"),
    [
        ("text image", "a: str, b: FileInput | None = None"),
        ("image image", "a: FileInput | None = None, b: FileInput | None = None"),
        ("image text", "a: FileInput | None, b: str"),
        ("image text image", "a: FileInput | None, b: str, c: FileInput | None = None"),
        ("image number", "a: FileInput | None = None, b: float = 1"),
        ("number image", "a: float = 1, b: FileInput | None = None"),
        (
            "image text number image text",
            "a: FileInput | None, b: str, *, c: float = 1, d: FileInput | None = None",
        ),
    ],
)
def test_a_file_may_be_left_out_if_nothing_is_by_name_only_for_it(
    kinds: str, signature: str
) -> None:
    slots = [
        Slot(
            {"text": "textbox"}.get(kind, kind),
            name,
            default=1 if kind == "number" else REQUIRED,
        )
        for name, kind in zip("abcde", kinds.split(), strict=False)
    ]
    code = module_of(endpoint("f", slots)).code
    text = " ".join(code[code.index("def f(") :].split())
    assert text.replace("( ", "(").replace(" )", ")").startswith(f"def f({signature}")


def test_choices_share_a_name_if_they_are_equal() -> None:
    def way(*values: str) -> Slot:
        return Slot("radio", "way", props={"choices": list(values)})

    code = module_of(
        endpoint("walk", [way("a", "b")]),
        endpoint("run", [way("a", "b")]),
        endpoint("swim", [way("c")]),
        endpoint("dive", [way("c")]),
    ).code
    assert code.count("TypeAlias = ") == 2
    assert 'Way: TypeAlias = Literal["a", "b"]' in code
    assert 'SwimWay: TypeAlias = Literal["c"]' in code
    assert "def dive(way: SwimWay)" in code


def test_true_and_one_are_different_choices() -> None:
    code = module_of(
        endpoint("f", [Slot("radio", "way", props={"choices": [True, False]})]),
        endpoint("g", [Slot("radio", "way", props={"choices": [1, 0]})]),
    ).code
    assert "Way: TypeAlias = Literal[True, False]" in code
    assert "GWay: TypeAlias = Literal[1, 0]" in code


def test_an_alias_makes_way_for_parameters() -> None:
    slots = [Slot("radio", "Way", props={"choices": ["a"]}), Slot("textbox", "FWay")]
    assert "FWay2: TypeAlias" in module_of(endpoint("f", slots)).code


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("gradio/calculator", "CalculatorClient"),
        ("owner/my-cool.space", "MyCoolSpaceClient"),
        ("owner/3d", "App3dClient"),
        ("http://127.0.0.1:7860", "AppClient"),
        ("https://example.org/", "AppClient"),
        ("https://example.org/tools/toolbox/", "ToolboxClient"),
        ("https://gradio-hello-world.hf.space", "GradioHelloWorldClient"),
        ("owner/app-client", "AppClient"),
        ("owner/名", "名Client"),
    ],
)
def test_the_client_is_named_after_the_source(source: str, name: str) -> None:
    assert client_name(source) == name


def test_the_client_can_be_named() -> None:
    assert "class Calc(Client):" in module_of(endpoint("f"), class_name="Calc").code
    for name in ("class", "not a name", "Client", "_Private", "lower"):
        with pytest.raises(UsageError, match="name of the client class"):
            module_of(endpoint("f"), class_name=name)


def test_streams_are_what_config_says() -> None:
    code = module_of(endpoint("f", generator=True), endpoint("g")).code
    assert '@_app.stream_endpoint("/f"' in code
    assert '@_app.endpoint("/g"' in code


def test_an_endpoint_that_does_not_fit_is_reported_and_left_out() -> None:
    config, info = describe(endpoint("good", [TEXT]), endpoint("bad", [TEXT]))
    info["named_endpoints"]["/bad"]["parameters"] = []
    module, (diagnostic,) = build(AppSpec.from_raw("o/a", config, info))
    assert [item.function for item in module.endpoints] == ["good"]
    assert str(diagnostic) == (
        "error: /bad: left out: /config has 1 parameter where /info describes 0"
    )
    config["components"] = [c for c in config["components"] if c["type"] != "textbox"]
    with pytest.raises(CodegenError, match="no endpoint can be generated"):
        build(AppSpec.from_raw("o/a", config, info))


def test_the_first_of_a_repeated_name_is_meant() -> None:
    config, info = describe(endpoint("f", [TEXT]), endpoint("f", [Slot("number", "n")]))
    info["named_endpoints"]["/f"]["parameters"] = [
        {
            "label": "T",
            "parameter_name": "t",
            "type": {"type": "string"},
            "component": "",
        }
    ]
    module, _ = build(AppSpec.from_raw("o/a", config, info))
    assert [item.shape.types for item in module.endpoints] == ["textbox ->"]


def test_unnamed_endpoints_go_by_their_number() -> None:
    config, info = describe(endpoint("f"), version="3.50.2")
    config["dependencies"].append({"inputs": [], "outputs": [], "api_name": None})
    info["unnamed_endpoints"]["1"] = {"parameters": [], "returns": []}
    spec = AppSpec.from_raw("o/a", config, info)
    module, _ = build(spec, BuildOptions(all_endpoints=True))
    assert [e.api_name for e in module.endpoints] == ["/f", "fn_1"]
    module, _ = build(spec.documented())
    assert [e.api_name for e in module.endpoints] == ["/f"]


def test_older_apps_have_names_from_labels_and_defaults_from_components() -> None:
    box = Slot("textbox", label="Your Name", props={"value": "World"})
    config, info = describe(endpoint("f", [box]), version="3.50.2")
    (parameter,) = info["named_endpoints"]["/f"]["parameters"]
    for key in ("parameter_name", "parameter_has_default", "parameter_default"):
        del parameter[key]
    module, _ = build(AppSpec.from_raw("o/a", config, info))
    ((param,),) = (item.params for item in module.endpoints)
    assert param.name == "your_name"
    assert param.default is not None
    assert param.default.value == "World"


# --- The description


def test_the_hash_is_of_the_api_alone() -> None:
    def spec(**changes: Any) -> AppSpec:
        config, info = describe(endpoint("f", [Slot("number", "n")]), version="6.31.0")
        return AppSpec.from_raw(
            changes.pop("source", "o/a"), {**config, **changes}, info
        )

    assert spec() == spec()
    assert spec().hash == spec(source="http://h:1").hash
    assert spec().hash == spec(css="other", theme="dark", version="6.31.1").hash
    config, info = describe(endpoint("f", [Slot("number", "n")]))
    for component in config["components"]:
        component["id"] += 100
    for dependency in config["dependencies"]:
        dependency["inputs"] = [id_ + 100 for id_ in dependency["inputs"]]
    assert AppSpec.from_raw("o/a", config, info).hash == spec().hash
    other = spec_of(endpoint("f", [Slot("number", "n", props={"minimum": 1})]))
    assert other.hash != spec().hash


def test_a_saved_description_gives_the_same_module() -> None:
    spec = spec_of(endpoint("f", [Slot("number", "n", "\ud800\x00", default=2)]))
    text = dumps(spec)
    assert loads(text, "x") == spec
    assert dumps(loads(text, "x")) == text
    assert text.isascii()
    assert set(json.loads(text)) == {
        "gradio_codegen_description",
        "source",
        "config",
        "info",
    }


# --- What the generated code does


def test_what_goes_on_the_wire_is_the_default(tmp_path: Path) -> None:
    defaults = {
        "tags": ["a"],
        "table": {"headers": ["x"], "data": [[1]], "metadata": None},
        "settings": {"depth": [1, 2.5]},
        "size": 3,
    }
    slots = [
        Slot("checkboxgroup", "tags", props={"choices": ["a", "b"]}),
        Slot("dataframe", "table"),
        Slot("json", "settings"),
        Slot("slider", "size"),
    ]
    for slot in slots:
        slot.default = defaults[slot.name or ""]
    module = load(module_of(endpoint("f", slots)).code, tmp_path, "made_defaults_api")
    called: Input = module.f.call().inputs
    by_itself = module.FInput()
    assert isinstance(called, Input)
    assert called.model_dump() == by_itself.model_dump()
    dumped = called.model_dump()
    assert dumped["table"] == defaults["table"]
    assert type(dumped["size"]) is int
    again: Input = module.f.call().inputs
    assert again.tags == ["a"]  # type: ignore[attr-defined]
    assert again.tags is not called.tags  # type: ignore[attr-defined]


def test_a_module_takes_and_refuses_what_it_says(tmp_path: Path) -> None:
    from gradio_runtime import InputError

    slots = [
        Slot("radio", "way", props={"choices": [["One", 1], ["Two", 2]]}),
        Slot("slider", "size", default=3, props={"minimum": 1, "maximum": 10}),
        Slot("image", "picture", default=None),
    ]
    module = load(module_of(endpoint("f", slots)).code, tmp_path, "refusing_api")
    assert module.f.call(1).data == (1, 3, None)
    (_, size, picture) = module.f.call(2, 4, "a.png").data
    assert (size, type(size)) == (4, int)
    assert isinstance(picture, File)
    for arguments in ((3,), ("1",), (1, 11), (1, 0.5), (1, 2, 3.5)):
        with pytest.raises(InputError):
            module.f.call(*arguments)


def test_the_same_fields_are_one_class() -> None:
    text = Slot("textbox", "text", "Text")
    other = Slot("textbox", "text", "Text", default="a")
    both = [Slot("textbox", label="A"), Slot("number", label="B")]
    code = module_of(
        endpoint("first", [text], both),
        endpoint("second", [text], both),
        endpoint("third", [other], both[:1]),
        endpoint("nothing", []),
    ).code
    classes = re.findall(r"^class (\w+)", code, re.MULTILINE)
    assert classes == ["FirstInput", "FirstOutput", "ThirdInput", "AppClient"]
    assert '"""Inputs of `/first` and `/second`."""' in code
    assert "def second(text: str) -> Call[SecondOutput]:" in code
    # Each endpoint has names of its own for them.
    shared = {"SecondInput": "FirstInput", "SecondOutput": "FirstOutput"}
    shared["NothingInput"] = "Input"
    assert dict(re.findall(r"^(\w+) = (\w+)$", code, re.MULTILINE)) == shared
    surface = read_module(code, "x")
    first, second = surface.endpoints["/first"], surface.endpoints["/second"]
    assert (first.parameters, first.outputs) == (second.parameters, second.outputs)
    assert shared.keys() <= surface.names


def test_a_parameter_costs_four_lines_at_most() -> None:
    def lines(count: int) -> int:
        slots = [
            Slot("dropdown", f"choice_{i}", "A label", props={"choices": ["a", "b"]})
            for i in range(count)
        ]
        return len(module_of(endpoint("f", slots)).code.splitlines())

    assert lines(60) - lines(40) <= 4 * 20 + 2 * 20  # an alias and its name besides


def test_a_long_list_of_choices_is_written_once() -> None:
    choices = {"choices": [f"choice {i}" for i in range(20)]}
    names = ("one", "other")
    slots = [Slot("dropdown", name, props=choices) for name in names]
    code = module_of(endpoint("f", slots)).code
    assert code.partition("@_app")[0].count('"choice 7"') == 1
    assert "Other: TypeAlias = One\n" in code
