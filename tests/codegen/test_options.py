"""Each option that shapes modules has four doors, and all of them know the same of it.

What is tested is derived from the declaration, so that the next option is in it.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
import typer.main
from gradio_codegen import UsageError, generate
from gradio_codegen.cli import app
from gradio_codegen.commands.config import json_schema, load_config
from gradio_codegen.commands.projects import resolve, synchronise
from gradio_codegen.descriptions.spec import dumps
from gradio_codegen.drift import drift, read_module
from gradio_codegen.options import OPTIONS, BuildOptions, flag_of
from hypothesis import given
from hypothesis import strategies as st

from .support import Slot, endpoint, spec_of
from .test_cli import run

#: A value of each kind: as a config has it, and as arguments of the command line.
VALUES: dict[str, tuple[str, Any, list[str]]] = {
    "flag": ("true", True, [""]),
    "text": ('"Mine"', "Mine", ["=Mine"]),
    "texts": ('["z*", "a b"]', ("z*", "a b"), ["=z*", "=a b"]),
    "names": (
        '{"/zed" = "ask", "zed.n" = "m"}',
        (("/zed", "ask"), ("zed.n", "m")),
        ["=/zed=ask", "=zed.n=m"],
    ),
}
TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "flag": st.booleans(),
    "text": st.none() | TEXT,
    "texts": st.lists(TEXT, max_size=2),
    "names": st.dictionaries(TEXT.filter(lambda t: t == t.strip()), st.just("name")),
}

IMPORT = re.compile(r"(?m)^    from \w+ import")

each = pytest.mark.parametrize("name", OPTIONS)


def value(name: str) -> Any:
    return VALUES[OPTIONS[name].kind][1]


def arguments(name: str) -> list[str]:
    return [flag_of(name) + end for end in VALUES[OPTIONS[name].kind][2]]


def only(name: str) -> BuildOptions:
    return BuildOptions(**{name: value(name)})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An app with two endpoints, and a folder of templates."""
    slots = [Slot("number", "n")], [Slot("number")]
    spec = spec_of(endpoint("zed", *slots), endpoint("other", *slots))
    (tmp_path / "app.json").write_text(dumps(spec))
    (tmp_path / "Mine").mkdir()
    (tmp_path / "Mine" / "model.py.jinja").touch()
    return tmp_path


def header(path: Path) -> str:
    lines = path.read_text("utf-8").split("\n")
    return next((line for line in lines if line.startswith("# options: ")), "")


@each
def test_all_doors_have_the_same_default_and_help(name: str) -> None:
    option, default = OPTIONS[name], getattr(BuildOptions(), name)
    # The command line
    group: Any = typer.main.get_command(app)
    for command in ("generate", *(["inspect"] if option.selects else [])):
        (param,) = (p for p in group.commands[command].params if p.name == name)
        assert param.opts == [flag_of(name)]
        assert param.help.removesuffix("; can be repeated.") in option.help
        assert option.normal(param.default) == default
    # The config
    tables = json_schema()
    apps = tables["$defs"]["AppConfig"]["properties"]
    key = flag_of(name).removeprefix("--")
    for table in (apps, *([] if option.of_one_app else [tables["properties"]])):
        assert table[key]["description"] == option.help
        assert option.normal(table[key]["default"]) == default
    # Python
    assert (
        option.normal(inspect.signature(generate).parameters[name].default) == default
    )
    assert f"    {name}: {option.help}\n" in (generate.__doc__ or "")
    # The header
    assert option.words(flag_of(name), default) == []


@each
def test_all_doors_accept_it_and_the_header_records_it(
    name: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    recorded = f"# options: {only(name)}"
    assert only(name) != BuildOptions()
    # The command line
    done = run("app.json", "-o", "cli.py", *arguments(name), cwd=project)
    assert done.returncode == 0, done.stderr
    assert header(project / "cli.py") == recorded
    # Python
    module = generate("app.json", **{name: value(name)})
    written = (project / "cli.py").read_text("utf-8")
    # But for its example, which imports it by the file's name.
    assert IMPORT.sub("", module.code) == IMPORT.sub("", written)
    # The config
    text = VALUES[OPTIONS[name].kind][0]
    lines = ["[[apps]]", 'source = "app.json"', 'output = "toml.py"']
    lines.append(f"{flag_of(name).removeprefix('--')} = {text}")
    (project / "sync.toml").write_text("\n".join(lines))
    (synced,) = resolve(load_config(project / "sync.toml"), project)
    assert synced.config.options == only(name)
    (result,) = synchronise([synced], check=False)
    assert result.error is None
    assert header(project / "toml.py") == recorded
    # The header, read back: what is generated with it is what was
    surface = read_module(module.code, "cli.py")
    assert surface.options == only(name)
    assert not drift(surface, module.spec)
    (result,) = synchronise([synced], check=True)
    assert result.state == "up to date"


@given(st.fixed_dictionaries({n: KINDS[item.kind] for n, item in OPTIONS.items()}))
def test_options_are_read_as_they_were_written(values: dict[str, Any]) -> None:
    options = BuildOptions(**values)
    assert BuildOptions.parse(str(options)) == options


@each
def test_an_option_without_its_value_or_with_one_too_many_is_refused(name: str) -> None:
    flag = flag_of(name)
    wrong = f"{flag}=x" if OPTIONS[name].kind == "flag" else flag
    with pytest.raises(UsageError, match=f"{flag}.* is not an option"):
        BuildOptions.parse(wrong)


def test_unknown_options_are_refused() -> None:
    with pytest.raises(UsageError, match="--wild is not an option"):
        BuildOptions.parse("--all-endpoints --wild")
    with pytest.raises(TypeError, match="wild"):
        generate("app.json", wild=True)  # type: ignore[call-arg]
