"""Names for what the app has named badly, or not at all: from labels and triggers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from gradio_codegen import generate, read
from gradio_codegen.api import generate_from
from gradio_codegen.decide.naming import naming_trigger
from gradio_codegen.descriptions.spec import AppSpec, dumps, loads
from gradio_codegen.drift import drift, read_module
from gradio_codegen.options import BuildOptions
from gradio_runtime import Client
from gradio_runtime._components.registry import KINDS
from gradio_runtime.description import Config
from gradio_runtime.description.triggers import is_filler, mark_of, triggers_of
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import StartServer
from tests.support.generate import generated

from .support import Slot, describe, endpoint, module_of, spec_of

BUTTON = {"type": "button", "props": {"value": "Generate 🎲", "label": "No"}}
ICON = {"type": "button", "props": {"value": "🎲"}}
MODEL = {"type": "dropdown", "props": {"label": "Model"}}
PLAIN = {"type": "image", "props": {}}
UPLOAD = {"type": "uploadbutton", "props": {"label": "Add a file"}}
PAGE = (BUTTON, ICON, MODEL, PLAIN, UPLOAD)
BUTTON_ID, ICON_ID, MODEL_ID, PLAIN_ID, UPLOAD_ID, NO_ID = range(2, 8)


def of_page(*items: dict[str, Any]) -> AppSpec:
    return AppSpec.from_raw("http://x/", *describe(*items, page=PAGE))


def functions(code: str) -> list[str]:
    return re.findall(r"(?m)^def (\w+)\(", code)


def parameters(code: str, function: str) -> list[str]:
    (found,) = re.findall(rf"(?ms)^def {function}\((.*?)\) ->", code)
    return re.findall(r"(\w+):", found)


# --- Parameters


def slots(*pairs: tuple[str, str | None], kind: str = "textbox") -> list[Slot]:
    return [Slot(kind, name, label) for name, label in pairs]


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ([("param_0", "Prompt"), ("param_1", "Max Tokens")], ["prompt", "max_tokens"]),
        ([("param_0", "Same"), ("param_1", "Same")], ["same", "same_2"]),
        # Real names keep what they are called, wherever they stand.
        ([("param_0", "Text"), ("text", "Text")], ["text_2", "text"]),
        ([("param_1", "Prompt"), ("param_0", "Text")], ["param_1", "param_0"]),
        ([("seed", "Random seed")], ["seed"]),
        ([("param_0", None), ("param_1", "🎲")], ["param_0", "textbox"]),
        ([("param_0", "I <b>agree</b> to <a href='x'>it</a>")], ["i_agree_to_it"]),
        ([("param_0", "2nd pass")], ["textbox_2nd_pass"]),
        (
            [("param_0", "Steps (more of them take much longer, up to a few minutes)")],
            ["steps"],
        ),
        ([("param_0", "a " * 40)], ["_".join("a" * 24)]),
        ([("param_0", "class"), ("param_1", "json")], ["class_", "json_"]),
    ],
)
def test_labels_name_what_has_no_name(
    given: list[tuple[str, str | None]], names: list[str]
) -> None:
    assert parameters(module_of(endpoint("f", slots(*given))).code, "f") == names


def test_the_place_is_that_on_the_wire() -> None:
    code = module_of(endpoint("f", [Slot("state"), *slots(("param_1", "Prompt"))])).code
    assert parameters(code, "f") == ["prompt"]


@pytest.mark.parametrize("name", ["key", "stream", "version", "value", *sorted(KINDS)])
def test_no_alias_is_called_like_a_component(name: str) -> None:
    choice = {"choices": [["a", "a"], ["b", "b"]]}
    code = module_of(endpoint("f", [Slot("radio", name, props=choice)])).code
    (alias,) = re.findall(r"(?m)^(\w+): TypeAlias", code)
    assert re.match("F[A-Z]", alias)


# --- Functions


@pytest.mark.parametrize(
    ("targets", "function", "says"),
    [
        ([[BUTTON_ID, "click"]], "generate", "the button “Generate 🎲” is clicked"),
        ([[MODEL_ID, "submit"], [BUTTON_ID, "click"]], "generate", "the button “"),
        ([[ICON_ID, "click"]], "lambda_4", "the button “🎲” is clicked"),
        ([[MODEL_ID, "change"]], "on_model_change", "the dropdown “Model” changes"),
        ([[PLAIN_ID, "upload"]], "on_image_upload", "the image gets a file"),
        ([[UPLOAD_ID, "upload"]], "on_add_a_file_upload", "“Add a file” gets a file"),
        ([[NO_ID, "load"]], "on_load", "the page is opened"),
        ([[MODEL_ID, "key up"]], "on_model_key_up", "has the event `key up`"),
        ([], "lambda_4", "Call `/lambda_4`."),
    ],
)
def test_triggers_name_what_has_no_name(
    targets: list[Any], function: str, says: str
) -> None:
    code = generate_from(of_page(endpoint("lambda_4", targets=targets))).code
    assert functions(code) == [function]
    assert says in code
    named = generate_from(of_page(endpoint("f", description="D.", targets=targets)))
    assert functions(named.code) == ["f"]
    assert (says in named.code) == bool(targets)


def test_a_chain_is_named_after_what_comes_before() -> None:
    click = [[BUTTON_ID, "click"]]
    spec = of_page(
        endpoint("add_text", targets=click),
        endpoint("lambda", targets=[[None, "then"]], after=0),
        endpoint("fn", targets=[[None, "then"]], after=1),
        endpoint("js_fn", targets=click, backend_fn=False),
        endpoint("lambda_1", targets=[[None, "then"]], after=3),
        endpoint("lambda_2", targets=[[None, "then"]], after=5),
    )
    code = generate_from(spec).code
    names = ["add_text", "after_add_text", "after_generate", "generate", "lambda_2"]
    assert functions(code) == names
    assert "“Generate 🎲” is clicked, after `/add_text`." in code
    assert generate_from(loads(dumps(spec), "x")).code == code


def test_names_do_not_depend_on_other_endpoints() -> None:
    click = [[BUTTON_ID, "click"]]
    items = [endpoint("lambda", targets=click), endpoint("lambda_1", targets=click)]
    spec = of_page(*items, endpoint("generate"), endpoint("_generate"))
    every = ["generate_3", "generate_4", "generate", "generate_2"]
    assert functions(generate_from(spec).code) == every
    for name, function in zip(("lambda", "lambda_1"), every, strict=False):
        code = generate_from(spec, BuildOptions(include=[name])).code
        assert functions(code) == [function]


def test_the_function_of_a_chat_interface_is_its_chat() -> None:
    hidden = {"type": "button", "props": {"value": "Fake API"}}
    item = endpoint("lambda", [Slot("textbox", "m")], targets=[[2, "click"]])
    spec = AppSpec.from_raw("http://x/", *describe(item, page=(hidden,)))
    code = generate_from(spec).code
    assert functions(code) == ["chat"]
    assert "Fake" not in code


@pytest.mark.parametrize(
    "name", ["lambda", "lambda_1_2", "fn_63", "_entry_6", "_", "wrapper"]
)
def test_what_is_filler(name: str) -> None:
    assert is_filler(name)


@pytest.mark.parametrize(
    "name", ["entry", "fnord", "predict", "f", "run", "lambda_x", "1", ""]
)
def test_what_is_a_name(name: str) -> None:
    assert not is_filler(name)


def test_endpoints_without_any_name_are_all_taken() -> None:
    config, info = describe(endpoint("x", targets=[BUTTON_ID]), page=PAGE)
    config["dependencies"][0] |= {"api_name": None, "trigger": "click"}
    info["unnamed_endpoints"] = {"0": info["named_endpoints"].pop("/x")}
    spec = AppSpec.from_raw("owner/app", config, info)
    code = generate(spec).code
    assert functions(code) == ["generate"]
    renamed = generate(spec, rename={"generate": "make"}).code
    assert functions(renamed) == ["make"]


def test_endpoints_without_a_name_beside_others_are_told() -> None:
    config, info = describe(endpoint("x"), endpoint("y"))
    config["dependencies"][0] |= {"api_name": None}
    info["unnamed_endpoints"] = {"0": info["named_endpoints"].pop("/x")}
    spec = AppSpec.from_raw("owner/app", config, info)
    (note,) = generate(spec).diagnostics
    assert str(note) == "note: 1 without a name left out; --all-endpoints takes them in"
    assert not generate(spec, all_endpoints=True).diagnostics


def test_a_function_that_had_to_be_renamed_is_told() -> None:
    (told,) = module_of(endpoint("use"), endpoint("predict")).diagnostics
    assert str(told).startswith("warning: /use: is called use_")


def buttons(*texts: str) -> AppSpec:
    """An app with unnamed endpoints, each run by a button."""
    page = [{"type": "button", "props": {"value": text}} for text in texts]
    names = ["lambda", *(f"lambda_{i}" for i in range(1, len(texts)))]
    items = [
        endpoint(name, [Slot("textbox", "a")], targets=[[2 + i, "click"]])
        for i, name in enumerate(names)
    ]
    return AppSpec.from_raw("http://x/", *describe(*items, page=page))


@pytest.mark.parametrize(
    ("before", "now", "moved"),
    [
        ("Upper Lower", "New Upper Lower", ["/lambda", "/lambda_1"]),
        ("Upper Lower", "Lower Upper", ["/lambda", "/lambda_1"]),
        ("Run Run", "New Run Run", ["/lambda", "/lambda_1"]),
        # The trigger is gone, and its name is another's or may be.
        ("Upper Lower End", "Lower End", ["/lambda", "/lambda_1"]),
        (
            "Upper Lower End",
            "Title Shout Lower End",
            ["/lambda", "/lambda_1", "/lambda_2"],
        ),
        ("Upper Lower", "Upper Upper Lower", ["/lambda", "/lambda_1"]),
        ("Run Run End", "Run End", ["/lambda", "/lambda_1"]),
        ("Run Run", "Run Run Run", ["/lambda", "/lambda_1"]),
        # It has other words, or only more come after it.
        ("Upper Lower", "Upper Lower New", []),
        ("Upper Lower", "Shout Lower", []),
        ("Upper Lower", "Shout Whisper", []),
        ("Run Run", "Go Run", ["/lambda_1"]),
        ("Run Stop", "Run Stop Run", []),
    ],
)
@pytest.mark.parametrize("rename", [None, {"/lambda": "same", "/lambda_1": "other"}])
def test_a_button_that_has_moved_is_told(
    before: str, now: str, moved: list[str], rename: dict[str, str] | None
) -> None:
    code = generate(buttons(*before.split()), rename=rename).code
    read = read_module(code, "old")
    for spec in (buttons(*now.split()), loads(dumps(buttons(*now.split())), "x")):
        found = [c for c in drift(read, spec).changes if c.kind == "endpoint-moved"]
        assert [item.endpoint for item in found] == moved
        assert all(item.level == "breaking" for item in found)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["Run", 'A "b"', "", " Go\n on ", "\x1b[31m\u202e", "x" * 99]
            ),
            st.sampled_from(["click", "change"]),
            st.sampled_from([True, False]),
        ),
        max_size=8,
    )
)
def test_no_two_endpoints_have_the_same_mark(
    items: list[tuple[str, str, bool]],
) -> None:
    """The live app and its saved description give the same ones."""
    page = [{"type": "button", "props": {"value": text}} for text, *_ in items]
    config, info = describe(
        *(
            endpoint(
                "lambda" if not i else f"lambda_{i}",
                targets=[[2 + i, event]] if first else [],
                after=None if first or not i else i - 1,
            )
            for i, (_, event, first) in enumerate(items)
        ),
        page=page,
    )
    live = Config.model_validate(config)
    marks = {id_: mark_of(item) for id_, item in triggers_of(live).items()}
    assert len(set(marks.values())) == len(marks)
    spec = AppSpec.from_raw("http://x/", config, info)
    for known in (spec, loads(dumps(spec), "x")):
        names = [naming_trigger(item) for item in known.config.dependencies]
        assert names == [marks.get(i, "") for i in range(len(items))]
        assert all(mark.isprintable() for mark in names)


# --- Modules


@pytest.mark.parametrize(
    ("source", "output", "client", "package"),
    [
        ("http://x/", "speech_api.py", "SpeechClient", "speech_api"),
        ("http://x/", "a/b/speech.py", "SpeechClient", "speech"),
        ("http://x/", "speech/__init__.py", "SpeechClient", "speech"),
        ("http://x/", "client.py", "AppClient", "client"),
        ("http://x/app", "my-app.py", "AppClient", "app_api"),
        ("http://x/", "", "AppClient", "app_api"),
        ("owner/voice", "speech_api.py", "VoiceClient", "speech_api"),
        ("https://o-voice.hf.space", "speech.py", "OVoiceClient", "speech"),
    ],
)
def test_a_module_is_named_after_its_file(
    source: str, output: str, client: str, package: str
) -> None:
    code = generate_from(spec_of(endpoint("f"), source=source), output=output).code
    assert f"class {client}(Client)" in code
    assert f"from {package} import f\n" in code


def test_what_0_1_named_otherwise_breaks_no_call() -> None:
    """The module of then runs on, so its names are no reason to call it outdated."""
    choice = {"choices": [["a", "a"], ["b", "b"]]}
    slot = Slot("radio", "param_0", "Key", props=choice)
    spec = of_page(endpoint("lambda", [slot], targets=[[BUTTON_ID, "click"]]))
    new = generate_from(spec).code
    old = new.replace("generate", "lambda_").replace("key", "param_0")
    old = old.replace("GenerateKey", "Param0").replace("Generate", "Lambda")
    old = re.sub(r"sha256:\w+", f"sha256:{'0' * 64}", old)
    old = old.replace("by gradio-codegen", "by gradio-codegen").replace(
        "# Lambdad by", "# Generated by"
    )
    changes = drift(read_module(old, "old"), spec).changes
    kinds = {item.kind for item in changes}
    assert kinds >= {"function-renamed", "parameter-renamed", "name-removed"}
    assert {item.level for item in changes} == {"compatible"}
    assert not drift(read_module(new, "new"), spec)


# --- Translated texts

WORDS = {"zh": {"p": "提示", "only": "仅"}, "en": {"p": "Prompt", "go": "Go on"}}


def marked(key: str) -> str:
    return f'__i18n__{{"__type__": "translation_metadata", "key": "{key}"}}'


def test_labels_are_read_in_english_and_else_in_the_first_language() -> None:
    def slot(number: int, key: str) -> Slot:
        label: Any = {"key": key, "_type": "translation_metadata"}
        props = {"label": marked(key), "choices": [[marked(key), marked(key)]]}
        return Slot("radio", f"param_{number}", label, props=props)

    inputs = [slot(0, "p"), slot(1, "only"), slot(2, "none")]
    button = {"type": "button", "props": {"value": f"{marked('go')}!"}}
    item = endpoint("lambda", inputs, targets=[[2, "click"]])
    config, info = describe(item, page=[button])
    config["i18n_translations"] = WORDS
    code = generate_from(AppSpec.from_raw("owner/app", config, info)).code
    assert parameters(code, "go_on") == ["prompt", "仅", "none"]
    assert "“Go on!” is clicked" in code
    assert "(Prompt)" in code  # of the choice
    assert f"Literal[{marked('p')!r}]" in code  # which goes back as it came


# --- Real servers

APP = """
import os
import gradio as gr

extra = {}
if int(gr.__version__.split(".")[0]) >= 6:
    words = gr.I18n(de={"go": "Los", "prompt": "Text"}, en={"go": "Go", "prompt": "Prompt"})
    extra = {"i18n": words}
else:
    words = {"go": "Go", "prompt": "Prompt"}.get

with gr.Blocks() as demo:
    prompt = gr.Textbox(label=words("prompt"))
    gain = gr.Slider(0, 10, label="LoRA 1 gain (dB)")
    key = gr.Dropdown(["a", "b"], value="a", label="Key")
    out = gr.Textbox(label=words("prompt"))
    done = gr.Button(words("go")).click(lambda *a: repr(a), [prompt, gain, key], out)
    done.then(lambda: "then", None, out)
    key.change(lambda x: x.upper(), key, out)

demo.queue()
demo.launch(server_port=int(os.environ["PORT"]), **extra)
"""


@pytest.mark.slow
@pytest.mark.parametrize("gradio", [3, 4, 6])
def test_an_app_that_names_nothing(
    start_server: StartServer, tmp_path: Path, gradio: int
) -> None:
    file = tmp_path / "app.py"
    file.write_text(APP)
    server = start_server(file, gradio)
    name = f"naming{gradio}_api"
    api: Any = generated(server.url, name, tmp_path, "--typecheck")
    code = (tmp_path / f"{name}.py").read_text("utf-8")
    assert functions(code) == ["go", "after_go", "on_key_change"]
    assert parameters(code, "go") == ["prompt", "lora_1_gain_db", "key"]
    assert "GoKey: TypeAlias" in code
    assert f"from {name} import go" in code
    assert api.go("p", lora_1_gain_db=1, key="b") == "('p', 1, 'b')"
    assert getattr(api, f"Naming{gradio}Client") is not None
    assert api.after_go() == "then"
    assert api.on_key_change("b") == "B"
    assert not drift(read_module(code, name), read(server.url))
    with Client(server.url) as client:
        shown = client.view_api(return_format="str", all_endpoints=True)
    assert "i18n" not in str(shown)
    assert "prompt" in str(shown).lower()
