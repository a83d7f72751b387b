"""`gradio-codegen sync`: its config, and what it does to the modules of a project."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from gradio_codegen import UsageError, read
from gradio_codegen.api import generate_from
from gradio_codegen.commands.config import json_schema, load_config
from gradio_codegen.commands.projects import chosen, resolve, synchronise
from gradio_codegen.descriptions.spec import dumps
from gradio_codegen.options import BuildOptions

from tests.conftest import StartServer
from tests.support.terminal import on_terminal

from .support import Slot, endpoint, spec_of
from .test_cli import CALCULATOR, ENV, run

TEXT = Slot("textbox", "text")


def saved(*slots: Slot, name: str = "f") -> str:
    return dumps(spec_of(endpoint(name, slots, [Slot("textbox")])))


def project(folder: Path, text: str, file: str = "pyproject.toml") -> Path:
    path = folder / file
    path.write_text(text)
    return path


def entry(source: str, output: str, *more: str) -> str:
    lines = ["[[tool.gradio-codegen.apps]]", f'source = "{source}"']
    return "\n".join([*lines, f'output = "{output}"', *more, ""])


def refused(folder: Path, text: str, file: str = "pyproject.toml") -> str:
    path = project(folder, text, file)
    with pytest.raises(UsageError) as caught:
        resolve(load_config(path), folder)
    return str(caught.value)


# --- The config


APP = entry("owner/app", "app.py")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has no table [tool.gradio-codegen]"),
        ("[tool.gradio-codegen]\n", "names no app. Add one: [[tool.gradio-codegen"),
        ("[tool", "is no TOML"),
        (APP + "sorce = 1\n", "unknown key apps[0].sorce. Did you mean source?"),
        (
            "[tool.gradio-codegen]\nincluded = []\n" + APP,
            "unknown key included. Did you mean include",
        ),
        (APP + "class_name = 'X'\n", "unknown key apps[0].class_name. Did you mean cl"),
        (APP + "include = 'x'\n", "apps[0].include: input should be a valid list"),
        (APP + "include = [1]\n", "apps[0].include[0]: input should be a valid string"),
        (APP + "all-endpoints = 1\n", "apps[0].all-endpoints: input should be a valid"),
        (APP + "timeout = 0\n", "apps[0].timeout: input should be greater than 0"),
        (
            APP + '[tool.gradio-codegen.apps.rename]\n"/a b" = 1',
            'apps[0].rename."/a b"',
        ),
        ("[tool.gradio-codegen]\napps = 1", "apps: input should be a valid list"),
        (
            '[[tool.gradio-codegen.apps]]\noutput = "x.py"',
            "apps[0] has no source",
        ),
        (APP + entry("owner/other", "./app.py"), "apps[0] and apps[1] have one output"),
        (APP + entry("owner/other", "sub/app.py"), "have one name, app. Give one of"),
        (entry("owner/app", "."), "apps[0].output is a folder: ."),
        (entry("owner/app", "app.txt"), "apps[0].output does not end in .py"),
        (entry("nothing", "app.py"), "apps[0].source: 'nothing' is not an app"),
        (entry("owner/app", ""), "apps[0].output: string should have at least 1"),
    ],
)
def test_a_config_that_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    message = refused(tmp_path, text)
    assert says in message
    assert "\n" not in message


def test_a_file_of_its_own_needs_no_table(tmp_path: Path) -> None:
    text = '[[apps]]\nsource = "owner/app"\noutput = "app.py"\n'
    config = load_config(project(tmp_path, text, "gradio-codegen.toml"))
    assert config.apps[0].source == "owner/app"
    same = load_config(project(tmp_path, APP, "other.toml"))
    assert same == config


def test_what_is_said_of_all_apps_holds_where_an_app_says_nothing(
    tmp_path: Path,
) -> None:
    common = "[tool.gradio-codegen]\nnullable-outputs = true\ninclude = ['a']\n"
    text = common + APP + entry("owner/b", "b.py", "include = []")
    one, two = resolve(load_config(project(tmp_path, text)), tmp_path)
    assert one.config.options.include == ("a",)
    assert two.config.options.include == ()
    assert one.config.options.nullable_outputs
    assert two.config.options.nullable_outputs


def test_secrets_come_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = ['token-env = "MY_TOKEN"', 'auth-env = "MY_AUTH"', "timeout = 5"]
    keys += ['headers-env = {"X-Key" = "MY_KEY"}']
    (app,) = resolve(
        load_config(project(tmp_path, entry("http://127.0.0.1:9", "a.py", *keys))),
        tmp_path,
    )
    monkeypatch.setenv("MY_KEY", "k")
    for variable, given in (("MY_TOKEN", "hf_x"), ("MY_AUTH", "me")):
        (result,) = synchronise([app], check=True)
        assert f"{variable} (" in str(result.error)
        assert "is not set" in str(result.error)
        monkeypatch.setenv(variable, given)
    (result,) = synchronise([app], check=True)
    assert "holds no user:password" in str(result.error)
    monkeypatch.setenv("MY_AUTH", "a:b")
    (result,) = synchronise([app], check=True)
    assert result.exit_code == 3


def test_names_choose_apps(tmp_path: Path) -> None:
    text = APP + entry("owner/b", "src/b_api.py", 'name = "bee"')
    apps = resolve(load_config(project(tmp_path, text)), tmp_path)
    assert [app.name for app in chosen(apps, ())] == ["app", "bee"]
    assert [app.name for app in chosen(apps, ["src/b_api.py"])] == ["bee"]
    with pytest.raises(UsageError, match=r"no app be\. Did you mean bee"):
        chosen(apps, ["be"])


@pytest.mark.parametrize(
    "way", ["..", "in and out", "absolute", "folder", "file", "gone"]
)
@pytest.mark.parametrize("words", [(), ("--check",), ("--force",)])
def test_nothing_is_written_outside_of_the_project(
    tmp_path: Path, way: str, words: tuple[str, ...]
) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "inside-out"
    inside.mkdir()
    outside.mkdir()
    (inside / "app.json").write_text(saved(TEXT))
    (outside / "app.py").write_text("mine")
    output = {
        "..": "../inside-out/app.py",
        "in and out": "link/../../inside-out/app.py",
        "absolute": str(outside / "app.py"),
        "folder": "link/app.py",
        "file": "linked.py",
        "gone": "dangling.py",
    }[way]
    (inside / "link").symlink_to(outside)
    (inside / "linked.py").symlink_to(outside / "app.py")
    (inside / "dangling.py").symlink_to(outside / "new.py")
    project(inside, entry("app.json", output))
    done = run("sync", *words, cwd=inside)
    assert done.returncode == 2
    assert "outside of the project" in done.stderr
    assert [path.read_text() for path in outside.iterdir()] == ["mine"]


def test_a_project_may_have_its_config_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    text = '[[apps]]\nsource = "owner/app"\noutput = "../app.py"\n'
    path = project(tmp_path / "conf", text, "apps.toml")
    with pytest.raises(UsageError, match="outside of the project"):
        resolve(load_config(path), path.parent)
    (tmp_path / "pyproject.toml").touch()
    (app,) = resolve(load_config(path), path.parent)
    assert app.output == tmp_path / "app.py"


# --- The schema and the docs


def test_the_schema_is_printed() -> None:
    schema = json.loads(run("sync", "--print-schema").stdout)
    assert schema == json_schema()
    assert schema["properties"].keys() - schema["$defs"]["AppConfig"]["properties"] == {
        "apps"
    }


# --- The command


def test_sync_writes_what_differs_and_leaves_the_rest_alone(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    shutil.copy(CALCULATOR, tmp_path / "calculator.json")
    (tmp_path / "other.json").write_text(saved(TEXT))
    text = entry("calculator.json", "src/calculator_api.py")
    project(tmp_path, text + entry("other.json", "src/other_api.py"))
    first = run("sync", cwd=tmp_path / "src")  # found from below, too
    assert (first.returncode, first.stderr) == (0, "")
    assert [line.split() for line in first.stdout.splitlines()] == [
        ["App", "Output", "Endpoints", "State", "Changes"],
        ["calculator_api", "src/calculator_api.py", "5", "created"],
        ["other_api", "src/other_api.py", "1", "created"],
    ]
    outputs = sorted((tmp_path / "src").iterdir())
    before = [path.stat().st_mtime_ns for path in outputs]
    (tmp_path / "other.json").write_text(saved(TEXT, Slot("number", "n", default=1)))
    check = run("sync", "--check", cwd=tmp_path)
    assert check.returncode == 1
    assert "compatible" in check.stdout
    assert "Take the changes over: gradio-codegen sync other_api" in check.stdout
    assert [path.stat().st_mtime_ns for path in outputs] == before
    second = run("sync", cwd=tmp_path)
    assert second.returncode == 0
    assert re.search(r"calculator_api .* unchanged\n", second.stdout)
    assert re.search(r"other_api .* updated +1 compatible\n", second.stdout)
    after = [path.stat().st_mtime_ns for path in outputs]
    assert after[0] == before[0]
    assert after[1] > before[1]
    assert run("sync", "--check", "--quiet", cwd=tmp_path).stdout == ""


def test_formatting_and_our_version_are_no_drift_but_are_written(
    tmp_path: Path,
) -> None:
    (tmp_path / "app.json").write_text(saved(TEXT))
    project(tmp_path, entry("app.json", "app.py"))
    assert run("sync", cwd=tmp_path).returncode == 0
    target = tmp_path / "app.py"
    code = target.read_text()
    old = re.sub("by gradio-codegen .*; do", "by gradio-codegen 0.0.1; do", code)
    target.write_text(old.replace('"""', "'''").replace("\n\n\n", "\n\n"))
    assert run("sync", "--check", cwd=tmp_path).returncode == 0
    assert run("sync", cwd=tmp_path).returncode == 0
    assert target.read_text() == code


def test_one_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "app.json").write_text(saved(TEXT))
    (tmp_path / "mine.py").write_text("print('by hand')\n")
    text = entry("http://127.0.0.1:9", "down.py", "timeout = 5")
    text += entry("app.json", "mine.py") + entry("app.json", "app.py")
    project(tmp_path, text)
    done = run("sync", cwd=tmp_path)
    assert done.returncode == 3
    assert "error: down: " in done.stderr
    assert "error: mine: " in done.stderr
    assert "was not written by gradio-codegen" in done.stderr
    assert re.search(r"app +app.py +1 +created\n", done.stdout)
    assert re.search(r"down +down.py +failed\n", done.stdout)
    assert (tmp_path / "mine.py").read_text() == "print('by hand')\n"
    assert run("sync", "app", cwd=tmp_path).returncode == 0
    assert run("sync", "mine", cwd=tmp_path).returncode == 2
    assert run("sync", "mine", "--force", cwd=tmp_path).returncode == 0


def test_a_missing_module_fails_the_check(tmp_path: Path) -> None:
    (tmp_path / "app.json").write_text(saved(TEXT))
    project(tmp_path, entry("app.json", "app.py"))
    done = run("sync", "--check", cwd=tmp_path)
    assert done.returncode == 1
    assert "app.py is missing. Make it: gradio-codegen sync app" in done.stderr
    assert not (tmp_path / "app.py").exists()


def test_a_broken_module_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "app.json").write_text(saved(TEXT))
    project(tmp_path, entry("app.json", "app.py"))
    assert run("sync", cwd=tmp_path).returncode == 0
    code = (tmp_path / "app.py").read_text()
    (tmp_path / "app.py").write_text(f"<<<<<<< HEAD\n{code}")
    assert run("sync", cwd=tmp_path).returncode == 0
    assert (tmp_path / "app.py").read_text() == code


def test_wrong_usage_is_one_line(tmp_path: Path) -> None:
    for words, says in (
        (["sync"], "has no table [tool.gradio-codegen]"),
        (["sync", "--config", "x.toml"], "there is no file x.toml"),
    ):
        project(tmp_path, "")
        done = run(*words, cwd=tmp_path)
        assert done.returncode == 2
        assert says in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_on_a_terminal_there_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "app.json").write_text(saved(TEXT))
    project(tmp_path, entry("app.json", "app.py"))
    command = [sys.executable, "-m", "gradio_codegen", "sync"]
    shown = on_terminal(command, {**ENV, "TERM": "xterm", "COLUMNS": "100"}, tmp_path)
    assert "Reading apps" in shown
    assert "│ created │" in shown


# --- Live


@pytest.mark.slow
def test_apps_change_and_their_modules_follow(
    start_server: StartServer, tmp_path: Path
) -> None:
    calculator = start_server("replicas/calculator")
    port = start_server("growing")
    text = entry(calculator.url, "calculator_api.py")
    rename = 'rename = {"/lambda_3" = "reverse"}'
    project(tmp_path, text + entry(port.url, "growing_api.py", rename))
    assert run("sync", cwd=tmp_path).returncode == 0
    assert run("sync", "--check", cwd=tmp_path).returncode == 0
    code = (tmp_path / "growing_api.py").read_text()
    assert (
        "def reverse(text: str) -> Call[str | None]:" in code or "def reverse(" in code
    )

    # The app is deployed anew at its address.
    address = port.url
    port.stop()
    env = {"GROWN": "1", "PORT": address.rpartition(":")[2]}
    grown = start_server("growing", env=env)
    assert grown.url == address
    check = run("sync", "--check", cwd=tmp_path)
    assert check.returncode == 1, check.stderr
    assert "/translate" in check.stdout
    assert "polite" in check.stdout
    assert "breaking" in check.stdout
    assert re.search(r"calculator_api .* up to date\n", check.stdout)
    assert re.search(r"growing_api .* out of date +\d breaking", check.stdout)
    assert (tmp_path / "growing_api.py").read_text() == code
    again = run("sync", cwd=tmp_path)
    assert again.returncode == 0
    assert re.search(r"calculator_api .* unchanged\n", again.stdout)
    assert re.search(r"growing_api .* updated", again.stdout)
    options = BuildOptions(rename=[("/lambda_3", "reverse")])
    expected = generate_from(read(grown.url), options, output="growing_api.py").code
    assert (tmp_path / "growing_api.py").read_text() == expected
    assert run("sync", "--check", cwd=tmp_path).returncode == 0

    # One is down: the other is still looked after.
    calculator.stop()
    (tmp_path / "growing_api.py").unlink()
    down = run("sync", cwd=tmp_path)
    assert down.returncode == 3
    assert "error: calculator_api: " in down.stderr
    assert (tmp_path / "growing_api.py").read_text() == expected


def test_apps_are_read_at_the_same_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each waits until the other is being read: one after the other, none would end."""
    from threading import Barrier

    barrier = Barrier(3, timeout=60)
    spec = spec_of(endpoint("f", [TEXT]))

    def slow(*_: object, **__: object) -> object:
        barrier.wait()
        return spec

    monkeypatch.setattr("gradio_codegen.commands.projects.fetch", slow)
    text = "".join(entry(f"owner/{name}", f"{name}.py") for name in "abc")
    apps = resolve(load_config(project(tmp_path, text)), tmp_path)
    results = synchronise(apps, check=False)
    assert [(item.app.name, item.state) for item in results] == [
        ("a", "created"),
        ("b", "created"),
        ("c", "created"),
    ]
