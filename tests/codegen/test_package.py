"""`--package DIR`: what is in a package, whose it is, and what `check` and `sync` see."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from gradio_codegen import OutputError, UsageError
from gradio_codegen.api import generate_from
from gradio_codegen.descriptions.spec import AppSpec, dumps, loads
from gradio_codegen.drift import diff
from gradio_codegen.options import BuildOptions
from gradio_codegen.write import file as write_file_module
from gradio_codegen.write.file import write_files
from gradio_codegen.write.package import Package, package_in
from gradio_runtime._models.texts import printable
from markdown_it import MarkdownIt

from .regen import FOLDER, PACKAGES, beside, package_files
from .support import Slot, describe, endpoint, spec_of
from .test_cli import CALCULATOR, fails, run
from .test_goldens import HINT
from .test_hostile import NASTY
from .test_sync import project, refused

ROOT = FOLDER.parents[1]
MODULE = Path("src/acme_app")
OLD = spec_of(endpoint("f", [Slot("textbox", "text")], [Slot("textbox")]))
NEW = spec_of(endpoint("g", [Slot("textbox", "text")], [Slot("textbox")]))


def written(folder: Path, spec: AppSpec = OLD, *, force: bool = False) -> Package:
    """A package of an app, as the command writes it."""
    package = package_in(folder)
    package.ensure_writable(force=force)
    module = generate_from(spec, output=str(package.file))
    write_files(package.files(module.code, module.spec, BuildOptions()))
    return package


def texts(folder: Path) -> dict[Path, str]:
    return {
        path.relative_to(folder): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


# --- What is in it


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_is_what_it_was(name: str) -> None:
    files = package_files(name)
    golden = FOLDER / name
    assert beside(files) == texts_of(golden / "package"), HINT
    inner = Path("src") / f"acme_{name}"
    assert files[inner / "description.json"] == text(golden / "description.json")
    assert files[inner / "py.typed"] == ""
    # The module's own example names it; else it is that of a file.
    theirs = text(golden / "expected.py").splitlines()
    ours = files[inner / "__init__.py"].splitlines()
    example = [line for line in ours if line not in theirs]
    assert all(f"acme_{name}" in line or "Client" in line for line in example)
    assert list(files)[-1] == inner / "__init__.py"


def texts_of(folder: Path) -> dict[str, str]:
    return {path.name: text(path) for path in folder.iterdir()}


def text(path: Path) -> str:
    return path.read_text("utf-8")


def test_it_needs_and_builds_with_what_our_own_do() -> None:
    theirs: Any = tomllib.loads(package_files("calculator")[Path("pyproject.toml")])
    ours: Any = tomllib.loads((ROOT / "runtime" / "pyproject.toml").read_text("utf-8"))
    assert theirs["build-system"] == ours["build-system"]
    assert theirs["project"]["requires-python"] == ours["project"]["requires-python"]
    assert theirs["project"]["dependencies"] == [
        f"gradio-runtime>={ours['project']['version']}"
    ]


def test_it_is_generated_again_from_itself_without_the_app(tmp_path: Path) -> None:
    for source in (CALCULATOR, "acme-app/src/acme_app/description.json"):
        done = run(source, "--package", "acme-app", "--all-endpoints", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        files = texts(tmp_path)
        assert len(files) == 5
        assert files == texts(tmp_path)
    again = texts(tmp_path)
    assert again == files


def test_a_description_has_no_endpoint_that_the_module_leaves_undocumented() -> None:
    hidden = endpoint("secret") | {"visibility": "private"}
    spec = spec_of(endpoint("f"), hidden)
    package = package_in(Path("acme-app"))
    module = generate_from(spec, output=str(package.file))
    files = package.files(module.code, module.spec, BuildOptions())
    assert "secret" in dumps(spec)
    assert not [path for path, text in files.items() if "secret" in text]


@pytest.mark.parametrize(
    ("folder", "module", "distribution"),
    [
        ("acme-whisper", "acme_whisper", "acme-whisper"),
        ("sdk/Acme.Whisper 2", "acme_whisper_2", "acme-whisper-2"),
        ("3d-studio", "app_3d_studio", "app-3d-studio"),
        ("import", "import_", "import"),
        ("_x_", "x", "x"),
        ("été", "t", "t"),
        ("日本", "app", "app"),
        ("gradio-runtime", None, None),
        ("typing", None, None),
        ("json", None, None),
        *((name, None, None) for name in ("httpx2", "typing-extensions", "Pydantic")),
    ],
)
def test_a_package_is_called_after_its_folder(
    tmp_path: Path, folder: str, module: str | None, distribution: str
) -> None:
    if module is None:
        with pytest.raises(UsageError, match="would hide another"):
            package_in(tmp_path / folder)
        return
    package = written(tmp_path / folder)
    assert package.file.parent.name == module
    assert module.isidentifier()
    pyproject: Any = tomllib.loads(text(package.folder / "pyproject.toml"))
    assert pyproject["project"]["name"] == distribution
    assert f"from {module} import f\n" in text(package.folder / "README.md")
    assert f"from {module} import f\n" in text(package.file)


def test_a_module_that_is_there_keeps_its_name(tmp_path: Path) -> None:
    written(tmp_path / "acme-app")
    (tmp_path / "acme-app").rename(tmp_path / "clone")
    package = written(tmp_path / "clone", NEW)
    assert package.file == tmp_path / "clone" / MODULE / "__init__.py"
    (tmp_path / "clone/src/other").mkdir()
    (tmp_path / "clone/src/other/__init__.py").write_text("by_hand = True\n")
    assert package_in(tmp_path / "clone") == package
    (tmp_path / "clone/src/other/__init__.py").write_text(text(package.file))
    with pytest.raises(UsageError, match="generated module: acme_app, other"):
        package_in(tmp_path / "clone")


def test_a_module_with_letters_that_a_distribution_may_not_have(tmp_path: Path) -> None:
    (tmp_path / "acme-app/src/été_1").mkdir(parents=True)
    (tmp_path / "acme-app/src/no-module").mkdir(parents=True)
    for name in ("été_1", "no-module"):
        generate_from(OLD).write(tmp_path / "acme-app/src" / name / "__init__.py")
    package = written(tmp_path / "acme-app")
    assert package.file.parent.name == "été_1"
    pyproject: Any = tomllib.loads(text(package.folder / "pyproject.toml"))
    assert pyproject["project"]["name"] == "t-1"


# --- An app is a stranger


MARKUP = [
    *NASTY,
    "<script>alert(1)</script>",
    '<img src="https://evil.example/x.png" onerror="x()">',
    "<!-- -->",
    "-->",
    "![x](https://evil.example/x.png)",
    "[click](javascript:alert(1))",
    "[x]: https://evil.example",
    "<https://evil.example> https://evil.example www.evil.example a@evil.example",
    "# heading\n\n## another\n===\n---",
    "- list\n1. list\n> quote\n    code",
    "```\n<b>out</b>\n```python",
    "`` ` `` ````",
    "*a* _b_ **c** ~~d~~ | e | &lt;b&gt; :smile: $x$ @team #1",
    '"\n[tool.evil]\nx = 1\n#',
    "'''\n[project]\n",
    "\\u0022 \\",
    "| a |\n|---|\n| b |",
]


@pytest.mark.parametrize("payload", MARKUP)
def test_what_an_app_says_is_data_in_toml_and_in_markdown(payload: str) -> None:
    slots = [
        Slot("textbox", payload[:40], payload, default=payload),
        Slot("radio", "way", payload, props={"choices": [payload, "b"]}),
    ]
    config, info = describe(
        endpoint("plain", slots, [Slot("textbox")], description=payload),
        endpoint(payload[:40], slots, [Slot("textbox")], description=payload),
    )
    spec = AppSpec.from_raw(f"https://a.example/{payload}", config, info)
    package = package_in(Path("acme-app"))
    module = generate_from(spec, output=str(package.file))
    files = package.files(module.code, module.spec, BuildOptions())
    pyproject, readme = (files[path] for path in package.paths[:2])

    document: Any = tomllib.loads(pyproject)
    about = f"Typed client for the Gradio app {spec.source}"
    assert document["project"].pop("description") == printable(about, 300)
    plain: Any = tomllib.loads(package_files("calculator")[Path("pyproject.toml")])
    del plain["project"]["description"]
    assert str(document) == str(plain).replace("calculator", "app")
    check_markdown(readme, spec.info.named_endpoints["/plain"].description or "")
    assert loads(files[package.file.with_name("description.json")], "").hash == (
        module.spec.hash
    )


def check_markdown(readme: str, description: str) -> None:
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(readme)
    inline = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in (*tokens, *inline)}
    assert kinds <= {
        *("heading_open", "inline", "heading_close", "paragraph_open"),
        *("paragraph_close", "fence", "html_block", "text", "softbreak"),
        *("code_inline", "text_special"),
    }
    (comment,) = (token for token in tokens if token.type == "html_block")
    assert re.fullmatch(r"<!-- gradio-codegen keeps [\w :-]+ -->\n", comment.content)
    headings = [token for token in tokens if token.type == "heading_open"]
    assert [token.tag for token in headings] == ["h1", "h2", "h2"]
    shell, *calls = (token for token in tokens if token.type == "fence")
    assert shell.content == "pip install acme-app\n"
    for call in calls:
        assert call.info == "python"
        ast.parse(call.content)
    # What GitHub makes a link of without any markup.
    bare = re.sub(r"(?s)(`+)(?!`).*?(?<!`)\1(?!`)", "", readme)
    assert not re.search(r"://|www\.|\w@\w", bare)
    # And nothing is lost: what people read is the app's text.
    said = printable(" ".join((description.strip().splitlines() or [""])[0].split()))
    shown = [
        "".join(part.content for part in (token.children or ())[1:])
        for token in tokens
        if token.children
        and token.children[0].content.startswith("/")
        and token.children[0].type == "code_inline"
    ]
    assert shown == [f": {said}" if description.strip() else ""] * 2


# --- What is the user's


OUTER = ("pyproject.toml", "README.md")


def test_what_nobody_has_edited_follows_the_app(tmp_path: Path) -> None:
    written(tmp_path / "acme-app")
    before = texts(tmp_path)
    written(tmp_path / "acme-app")
    assert texts(tmp_path) == before
    written(tmp_path / "acme-app", NEW)
    readme = text(tmp_path / "acme-app" / "README.md")
    assert "import g\n" in readme
    assert "import f\n" not in readme
    (tmp_path / "other").mkdir()
    written(tmp_path / "other" / "acme-app", NEW)
    assert texts(tmp_path / "acme-app") == texts(tmp_path / "other" / "acme-app")


EDITS: list[Callable[[str], str]] = [
    lambda text: text.replace("acme-app", "acme-sdk", 1),
    lambda text: text + "\n",
    lambda text: "".join(text.splitlines(keepends=True)[:-1]),
    lambda _: "mine",
    lambda _: "",
]


@pytest.mark.parametrize("name", OUTER)
@pytest.mark.parametrize("edit", EDITS)
def test_what_somebody_has_edited_is_theirs(
    tmp_path: Path, name: str, edit: Callable[[str], str]
) -> None:
    folder = tmp_path / "acme-app"
    written(folder)
    path = folder / name
    path.write_text(edit(text(path)), "utf-8")
    edited = text(path)
    for force in (False, True):
        written(folder, NEW, force=force)
        assert text(path) == edited
    assert "def g(" in text(folder / MODULE / "__init__.py")
    path.unlink()
    written(folder, NEW)
    assert "acme-app" in text(path)


def test_line_endings_of_git_are_no_edit(tmp_path: Path) -> None:
    written(tmp_path / "acme-app")
    for name in OUTER:
        path = tmp_path / "acme-app" / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    written(tmp_path / "acme-app", NEW)
    assert "import g\n" in text(tmp_path / "acme-app" / "README.md")


@pytest.mark.parametrize("name", ["__init__.py", "description.json", "py.typed"])
def test_a_file_of_somebody_else_in_its_place_stops_all(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "acme-app" / MODULE / name
    path.parent.mkdir(parents=True)
    path.write_text("mine\n")
    fails(
        2, "was not written by gradio-codegen", CALCULATOR,
        "--package", "acme-app", cwd=tmp_path,
    )  # fmt: skip
    assert texts(tmp_path) == {path.relative_to(tmp_path): "mine\n"}
    written(tmp_path / "acme-app", force=True)
    assert text(path) != "mine\n"


def test_a_module_that_somebody_has_written_anew_is_not_left_beside_another(
    tmp_path: Path,
) -> None:
    written(tmp_path / "acme-app")
    (tmp_path / "acme-app").rename(tmp_path / "other")
    (tmp_path / "other" / MODULE / "__init__.py").write_text("mine\n")
    before = texts(tmp_path)
    fails(
        2, "was not written by gradio-codegen", CALCULATOR,
        "--package", "other", cwd=tmp_path,
    )  # fmt: skip
    assert texts(tmp_path) == before


@pytest.mark.parametrize(
    ("asked", "warns"),
    [
        ('"gradio-runtime>={}"', False),
        ("'gradio_runtime[otel] >= {},<1'", False),
        ('"Gradio-Runtime~={}"', False),
        ('"gradio-runtime==9.10"', False),
        ('"gradio-runtime>=0.0.9"', True),
        ('"gradio-runtime"', True),
        ('"gradio-runtime!={}"', True),
        ('"gradio-runtime<9"', True),
        ('"gradio-runtime-extra>={}"', True),
        ("", True),
    ],
)
def test_a_project_of_the_users_that_allows_an_older_runtime_is_warned_of(
    tmp_path: Path, asked: str, warns: bool
) -> None:
    from gradio_codegen import __version__

    asked = asked.format(__version__)
    (tmp_path / "acme-app").mkdir()
    project(tmp_path / "acme-app", f"[project]\ndependencies = [{asked}]\n")
    done = run(CALCULATOR, "--package", "acme-app", cwd=tmp_path)
    assert done.returncode == 0
    says = f'acme-app/pyproject.toml does not ask for "gradio-runtime>={__version__}"'
    assert (says in done.stderr) == warns, done.stderr


# --- Failing


@pytest.mark.parametrize("stop", range(5))
def test_a_failure_half_way_is_noticed_and_put_right(
    tmp_path: Path, stop: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "acme-app"
    written(folder)
    assert len(texts(folder)) == 5
    real, count = write_file_module.write_file, iter(range(9))

    def failing(path: Path, text: str) -> None:
        if next(count) == stop:
            raise OutputError("the disk is full")
        real(path, text)

    with monkeypatch.context() as patched:
        patched.setattr(write_file_module, "write_file", failing)
        with pytest.raises(OutputError):
            written(folder, NEW)
    # The module is the old one as a whole, and so `check` sees that it is.
    assert "def f(" in text(folder / MODULE / "__init__.py")
    assert diff(folder, NEW).breaking
    written(folder, NEW)
    assert not diff(folder, NEW)
    assert texts(folder) == texts_of_new(tmp_path / "fresh" / "acme-app")


def texts_of_new(folder: Path) -> dict[Path, str]:
    written(folder, NEW)
    return texts(folder)


def test_nothing_is_left_of_an_app_that_cannot_be_read(tmp_path: Path) -> None:
    words = ("http://127.0.0.1:9", "--package", "sdk/acme-app")
    assert run(*words, cwd=tmp_path).returncode == 3
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--package", "a", "-o", "a.py"], "-o and --package exclude each other"),
        (["--package", "a", "-o", "-"], "-o and --package exclude each other"),
        (["--package", "file"], "there is no folder"),
        (["--package", "typing"], "a package typing would hide another"),
        (["--package", "a\0b"], "cannot be a path"),
    ],
)
def test_wrong_usage_is_one_line(tmp_path: Path, words: list[str], says: str) -> None:
    (tmp_path / "file").touch()
    fails(2, says, CALCULATOR, *words, cwd=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


# --- check, diff and sync


@pytest.fixture
def apps(tmp_path: Path) -> Path:
    (tmp_path / "old.json").write_text(dumps(OLD))
    (tmp_path / "new.json").write_text(dumps(NEW))
    written(tmp_path / "acme-app")
    return tmp_path


@pytest.mark.parametrize("named", ["acme-app", "acme-app/src/acme_app/__init__.py"])
def test_check_and_diff_find_the_module(apps: Path, named: str) -> None:
    assert run("check", named, "--against", "old.json", cwd=apps).returncode == 0
    done = run("check", named, "--against", "new.json", cwd=apps)
    assert done.returncode == 1
    advice = "Take the changes over: gradio-codegen owner/app --package acme-app\n"
    assert done.stdout.endswith(advice)
    assert run("diff", named, "old.json", cwd=apps).returncode == 0
    assert run("diff", "new.json", named, cwd=apps).returncode == 1


def test_a_module_in_a_folder_of_ours_alone_is_no_package(apps: Path) -> None:
    (apps / "src/app").mkdir(parents=True)
    generate_from(OLD).write(apps / "src/app/__init__.py")
    done = run("check", "src/app/__init__.py", "--against", "new.json", cwd=apps)
    assert done.stdout.endswith(" -o src/app/__init__.py\n")


def test_a_folder_of_another_kind_is_no_package(apps: Path) -> None:
    """Its name may be that of a Space, or a file's, which it was before there were any."""
    (apps / "owner/json/src/other").mkdir(parents=True)
    (apps / "owner/json/src/other/__init__.py").touch()
    done = run("diff", "owner/json", "old.json", cwd=apps)
    assert done.returncode == 3, done.stderr
    assert "Space" in done.stderr or "owner/json" in done.stderr


def test_check_says_where_it_looked(apps: Path) -> None:
    (apps / "empty").mkdir()
    fails(2, "no file empty/src/empty/__init__.py", "check", "empty", cwd=apps)


def entry(source: str, package: str, *more: str) -> str:
    lines = ["[[tool.gradio-codegen.apps]]", f'source = "{source}"']
    return "\n".join([*lines, f'package = "{package}"', *more, ""])


def test_sync_keeps_a_package_up_to_date(apps: Path) -> None:
    project(apps, entry("old.json", "sdk/acme-app"))
    assert run("sync", "--check", cwd=apps).returncode == 1
    assert not (apps / "sdk").exists()
    first = run("sync", "acme_app", cwd=apps)
    assert (first.returncode, first.stderr) == (0, "")
    assert re.search(r"acme_app +sdk/acme-app +1 +created\n", first.stdout)
    # The same as of the command.
    assert texts(apps / "sdk/acme-app") == texts(apps / "acme-app")
    stamps = [path.stat().st_mtime_ns for path in sorted(apps.rglob("*"))]
    assert "unchanged" in run("sync", "sdk/acme-app", cwd=apps).stdout
    assert run("sync", "--check", cwd=apps).returncode == 0
    assert stamps == [path.stat().st_mtime_ns for path in sorted(apps.rglob("*"))]
    (apps / "sdk/acme-app" / MODULE / "py.typed").unlink()
    checked = run("sync", "--check", cwd=apps)
    assert (checked.returncode, "or a part of it" in checked.stderr) == (1, True)
    assert "updated" in run("sync", cwd=apps).stdout
    assert (apps / "sdk/acme-app" / MODULE / "py.typed").exists()
    (apps / "old.json").write_text(dumps(NEW))
    assert "1 breaking" in run("sync", "--check", cwd=apps).stdout
    assert "updated" in run("sync", cwd=apps).stdout
    assert not diff(apps / "sdk/acme-app", NEW)


def test_a_package_can_name_its_own_app(apps: Path) -> None:
    """As its `pyproject.toml` in a clone, whatever the clone is called."""
    folder = apps / "acme-app"
    pyproject = text(folder / "pyproject.toml")
    app = entry("../new.json", ".", 'rename = {g = "x"}')
    project(folder, f"{pyproject}\n{app}")
    folder = folder.rename(apps / "clone")
    done = run("sync", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "def x(" in text(folder / MODULE / "__init__.py")
    assert [path.name for path in (folder / "src").iterdir()] == ["acme_app"]
    assert run("sync", "--check", cwd=folder / "src").returncode == 0


@pytest.mark.parametrize(
    ("config", "says"),
    [
        (entry("owner/app", "a", 'output = "a.py"'), "has an output and a package. Gi"),
        ('[[tool.gradio-codegen.apps]]\nsource = "owner/app"', "apps[0] has no output"),
        (entry("owner/app", ".."), "apps[0].package is outside of the project"),
        (entry("owner/app", "link"), "apps[0].package is outside of the project"),
        (entry("owner/app", "linked"), "apps[0].package is outside of the project"),
        (entry("owner/app", "json"), "apps[0].package: a package json would hide"),
        (entry("owner/a", "a") + entry("owner/b", "./a/"), "have one output, ./a/. Gi"),
        (entry("owner/a", "x/a") + entry("owner/b", "y/a"), "have one name, a. Give"),
        (entry("owner/app", ""), "apps[0].package: string should have at least 1"),
    ],
)
def test_a_config_that_is_wrong(tmp_path: Path, config: str, says: str) -> None:
    inside = tmp_path / "inside"
    (inside / "linked").mkdir(parents=True)
    (inside / "link").symlink_to(tmp_path)
    (inside / "linked" / "src").symlink_to(tmp_path)
    assert says in refused(inside, config)


def test_no_file_of_a_package_is_written_through_a_link(tmp_path: Path) -> None:
    """Each of them leads out of the project; `sync` refuses, the command keeps it."""
    written(tmp_path / "acme-app")
    for path in sorted(texts(tmp_path / "acme-app")):
        inside = tmp_path / f"with-{path.name}"
        place = inside / "acme-app" / path
        place.parent.mkdir(parents=True)
        place.symlink_to(tmp_path / "outside")
        (inside / "old.json").write_text(dumps(OLD))
        project(inside, entry("old.json", "acme-app"))
        assert run("sync", "--force", cwd=inside).returncode == 2
        with suppress(OutputError):
            written(inside / "acme-app", force=True)
        assert place.is_symlink()
    assert not (tmp_path / "outside").exists()
