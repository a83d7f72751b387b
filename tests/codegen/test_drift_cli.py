"""The commands `check` and `diff`, as processes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from gradio_codegen.api import generate_from
from gradio_codegen.descriptions.spec import dumps
from gradio_codegen.options import BuildOptions

from .support import Slot, describe, endpoint, spec_of
from .test_cli import JSON, fails, run, serving


def way(*choices: str) -> Slot:
    return Slot("radio", "way", props={"choices": list(choices)})


OLD = spec_of(endpoint("walk", [way("a", "b")]), endpoint("rest"))
WIDER = spec_of(endpoint("walk", [way("a", "b", "c")]), endpoint("rest"))
BROKEN = spec_of(endpoint("walk", [way("a", "c")]))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    generate_from(OLD).write(tmp_path / "app_api.py")
    for name, spec in {"old": OLD, "wider": WIDER, "broken": BROKEN}.items():
        (tmp_path / f"{name}.json").write_text(dumps(spec), encoding="utf-8")
    return tmp_path


def check(folder: Path, *words: str) -> tuple[int, str, str]:
    done = run("check", *words, cwd=folder)
    return done.returncode, done.stdout, done.stderr


def test_nothing_has_changed(folder: Path) -> None:
    assert check(folder, "app_api.py", "--against", "old.json") == (
        0, "app_api.py (old.json): up to date\n", "",
    )  # fmt: skip
    assert check(folder, "app_api.py", "--against=old.json", "-q") == (0, "", "")


def test_breaking_changes_are_shown_first(folder: Path) -> None:
    code, shown, said = check(folder, "app_api.py", "--against", "broken.json")
    assert (code, said) == (1, "")
    assert shown == (
        "app_api.py (broken.json): 2 breaking changes, 1 compatible change\n"
        "/walk\n"
        '  breaking    parameter way no longer has the choice "b"\n'
        '  compatible  parameter way also has the choice "c"\n'
        "/rest\n"
        "  breaking    the endpoint is gone\n"
        "Take the changes over: gradio-codegen owner/app -o app_api.py\n"
    )


def test_compatible_changes_fail_only_if_wanted(folder: Path) -> None:
    code, shown, _ = check(folder, "app_api.py", "--against", "wider.json")
    assert code == 0
    assert "1 compatible change\n" in shown
    assert check(folder, "app_api.py", "--against=wider.json", "--strict")[0] == 1


def test_the_command_that_helps_has_the_options(folder: Path) -> None:
    options = BuildOptions(exclude=("re st*",), class_name="Calc")
    generate_from(OLD, options).write(folder / "my api.py")
    _, shown, _ = check(folder, "my api.py", "--against", "broken.json")
    assert shown.splitlines()[-1] == (
        "Take the changes over: gradio-codegen owner/app -o 'my api.py' "
        "'--exclude=re st*' --class-name=Calc"
    )


def test_json_is_for_programs(folder: Path) -> None:
    words = ["app_api.py", "no.py", "--against", "broken.json", "--json"]
    code, shown, said = check(folder, *words)
    assert code == 2
    assert said == "gradio-codegen: error: there is no file no.py. Check the path\n"
    document: dict[str, Any] = json.loads(shown)
    assert (document["format"], document["breaking"]) == (1, True)
    good, bad = document["modules"]
    assert (good["file"], good["source"], good["error"]) == (
        "app_api.py", "broken.json", None,
    )  # fmt: skip
    assert good["diff"]["old"] == {
        "source": "owner/app", "gradio": "6.31.0", "spec": OLD.hash,
    }  # fmt: skip
    assert good["diff"]["changes"][0] == {
        "kind": "choices-removed",
        "endpoint": "/walk",
        "name": "way",
        "level": "breaking",
        "message": 'parameter way no longer has the choice "b"',
        "before": "Literal['a', 'b']",
        "after": "Literal['a', 'c']",
    }
    assert bad == {
        "file": "no.py", "source": None, "regenerate": None,
        "error": "there is no file no.py. Check the path", "diff": None,
    }  # fmt: skip


def test_wrong_use(folder: Path) -> None:
    (folder / "mine.py").write_text("x = 1\n", encoding="utf-8")
    fails(2, "was not written by gradio-codegen", "check", "mine.py", cwd=folder)
    words = ("check", "app_api.py", "--against=old.json", "--source=o/a")
    fails(2, "exclude each other", *words, cwd=folder)
    fails(2, "Missing argument", "check", cwd=folder)
    fails(2, "is not an app", "check", "app_api.py", "--source", "what?", cwd=folder)


def test_an_app_that_cannot_be_reached_or_read(folder: Path) -> None:
    away = "http://127.0.0.1:9"
    fails(3, "127.0.0.1:9", "check", "app_api.py", "--source", away, cwd=folder)
    words = ("check", "app_api.py", "--against", "no.json")
    fails(3, "there is no file no.json", *words, cwd=folder)


def test_a_header_does_not_make_us_read_files(folder: Path) -> None:
    code = (folder / "app_api.py").read_text("utf-8")
    text = code.replace('"owner/app"', '"old.json"')
    assert text != code
    (folder / "app_api.py").write_text(text, encoding="utf-8")
    fails(2, "names no app", "check", "app_api.py", cwd=folder)


def test_several_modules_and_each_app_once(folder: Path) -> None:
    config, info = describe(endpoint("walk", [way("a", "b")]), endpoint("rest"))
    answers = {
        "/config": (200, JSON, json.dumps(config).encode()),
        "/info": (200, JSON, json.dumps(info).encode()),
    }
    with serving(answers) as (url, asked):
        words = ["app_api.py", "app_api.py", "--source", url]
        code, shown, _ = check(folder, *words)
        assert sum(path.startswith("/config") for path in asked) == 1
    assert code == 0
    assert shown == f"app_api.py ({url}): up to date\n" * 2


@pytest.mark.slow
def test_what_is_known_counts_more_than_what_is_not(folder: Path) -> None:
    gone = spec_of(endpoint("f"), source="http://127.0.0.1:9")
    generate_from(gone).write(folder / "away_api.py")
    config, info = describe(endpoint("walk", [way("a")]))
    answers = {
        "/config": (200, JSON, json.dumps(config).encode()),
        "/info": (200, JSON, json.dumps(info).encode()),
    }
    with serving(answers) as (url, _):
        here = spec_of(endpoint("walk", [way("a", "b")]), source=url)
        generate_from(here).write(folder / "here_api.py")
        assert check(folder, "away_api.py", "here_api.py")[0] == 1
        assert check(folder, "here_api.py", "away_api.py")[0] == 1
        assert check(folder, "away_api.py")[0] == 3


def test_diff_of_descriptions_and_modules(folder: Path) -> None:
    for old in ("old.json", "app_api.py"):
        done = run("diff", old, "broken.json", cwd=folder)
        assert done.returncode == 1
        assert done.stdout.startswith(f"{old} → broken.json: 2 breaking changes")
    same = run("diff", "app_api.py", "old.json", cwd=folder)
    assert (same.returncode, same.stdout) == (
        0, "app_api.py → old.json: up to date\n",
    )  # fmt: skip
    wider = run("diff", "old.json", "wider.json", "--strict", "--json", cwd=folder)
    assert wider.returncode == 1
    assert json.loads(wider.stdout)["breaking"] is False
    fails(3, "there is no file no.json", "diff", "old.json", "no.json", cwd=folder)


@pytest.mark.parametrize(
    "words",
    [("--token", "s3cret"), ("--auth", "u:s3cret"), ("--header", "x-a: s3cret")],
)
def test_what_a_header_names_gets_no_secret(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    """Only the app that is named on the command line does."""
    with serving({}) as (url, asked):
        spec = spec_of(endpoint("walk"), source=url)
        generate_from(spec).write(tmp_path / "app_api.py")
        fails(
            2,
            "only to an app that you name",
            "check",
            "app_api.py",
            *words,
            cwd=tmp_path,
        )
        assert not asked
        done = run("check", "app_api.py", "--source", url, *words, cwd=tmp_path)
        assert done.returncode == 3  # it is asked, and is no app
