"""A client's settings: each one declared reaches every way to make a client, and its use.

All is derived from the model; a setting that is added needs a value in `VALUES`.
"""

from __future__ import annotations

import inspect
import pickle
import re
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, cast

import gradio_runtime
import pytest
from gradio_runtime import Client, InputError
from gradio_runtime._api.defaults import src_variable
from gradio_runtime._http.settings import CopySettings, Settings
from gradio_runtime._hub import copies

from tests.runtime.file_server import file_server
from tests.runtime.hub_support import hub_for
from tests.runtime.wire_api import WireClient
from tests.support.hub import Space

DOCS = Path(__file__).resolve().parents[2] / "docs"
SETTINGS = {known.name: known for known in fields(Settings)}
OF_COPIES = {known.name: known for known in fields(CopySettings) if known.init}
#: Taken from scripts of the official client, and without any meaning.
MEANINGLESS = {"verbose", "analytics_enabled"}
#: Another value than the default for each setting.
VALUES: dict[str, Any] = {
    "src": "http://127.0.0.1:9",
    "token": "hf_mine",
    "auth": ("ada", "s3cret"),
    "headers": {"x-team": "search"},
    "download_files": False,
    "download_dir": "out",
    "max_download_size": 1000,
    "download_hosts": ("cdn.test",),
    "ssl_verify": False,
    "httpx_kwargs": {"timeout": 3},
    "session_hash": "mine",
    "idle_timeout": 12.5,
    "max_message_size": 1001,
    "max_kept_size": 1002,
    "max_files": 1003,
    "max_download_total": 1004,
    "connect_timeout": 13.5,
    "oauth_token": "hf_callers",
    "hf_token": "hf_older",
    "max_workers": 1005,
    "wake_timeout": 14.5,
    "on_drift": "warn",
    "strict_outputs": True,
    "verbose": False,
    "analytics_enabled": False,
}
WAYS: dict[str, Callable[..., Client]] = {
    "Client": Client,
    "a generated client": WireClient,
    "connect": gradio_runtime.connect,
    "Client.duplicate": Client.duplicate,
    "duplicate of a generated client": WireClient.duplicate,
    "duplicate": gradio_runtime.duplicate,
    "a copy": lambda *args, **given: pickle.loads(pickle.dumps(Client(*args, **given))),
}


def test_every_setting_has_a_value_here() -> None:
    assert VALUES.keys() == SETTINGS.keys()
    for name, value in VALUES.items():
        assert value != SETTINGS[name].default


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_reaches_the_connection(
    name: str, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Client, "connect", lambda _: None)
    monkeypatch.setattr(copies, "copy_space", lambda *_: VALUES["src"])
    if name == "session_hash" and way == "a copy":
        pytest.skip("such a client cannot be copied")
    given = {name: VALUES[name]}
    if "duplicate" in way:
        given = {"from_id": "a/b", **({} if name == "src" else given)}
    elif name != "src":
        given["src"] = VALUES["src"]
    client = WAYS[way](**given)
    connection = client._connection()
    expected = Settings(**{name: VALUES[name]})
    for known in ("token", "hf_token") if name == "hf_token" else (name,):
        if known == "src":
            assert (client.src, connection.src) == (VALUES["src"], VALUES["src"])
        else:
            assert getattr(connection.settings, known) == getattr(expected, known)
    client.close()


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[set[str]]:
    """The settings that anything but their own checks reads while a Space is called."""
    read: set[str] = set()

    def get(settings: Settings, name: str) -> Any:
        frame = inspect.currentframe()
        caller = frame.f_back if frame is not None else None
        if caller is not None and caller.f_code.co_name not in {
            "__post_init__",
            "_set",
        }:
            read.add(name)
        return object.__getattribute__(settings, name)

    def check(_: Settings) -> None:
        """Read nothing."""

    with hub_for(monkeypatch, tmp_path) as hub, file_server() as server:
        hub.spaces["abidlabs/wire"] = Space(server.url)
        monkeypatch.setattr(Settings, "_check_numbers", check)
        monkeypatch.setattr(Settings, "_check_http", check)
        monkeypatch.setattr(Settings, "__getattribute__", get, raising=False)
        with WireClient("abidlabs/wire", download_dir=tmp_path / "out") as client:
            assert client.file(b"x").read_bytes() == b"x"
        yield read


def test_every_setting_is_used_by_a_call(used: set[str]) -> None:
    assert SETTINGS.keys() - used == MEANINGLESS | {"hf_token"}  # which becomes `token`


@pytest.mark.parametrize(
    ("way", "known", "first"),
    [
        (Client, SETTINGS, []),
        (WireClient, SETTINGS, []),
        (gradio_runtime.connect, SETTINGS, []),
        (Client.duplicate, OF_COPIES, []),
        (gradio_runtime.duplicate, OF_COPIES, []),
        (Client.__init__, SETTINGS, ["self"]),
    ],
)
def test_help_shows_each_setting_with_its_default(
    way: Callable[..., object], known: dict[str, Any], first: list[str]
) -> None:
    shown = inspect.signature(way).parameters
    assert shown.keys() == {*known, *first}
    for name, setting in known.items():
        assert setting.default is not MISSING
        assert shown[name].default == setting.default
        kind = shown[name].kind
        assert kind == (
            kind.KEYWORD_ONLY if setting.kw_only else kind.POSITIONAL_OR_KEYWORD
        )
    text = inspect.getdoc(WireClient.__init__ if way is WireClient else way) or ""
    documented = re.findall(r"^    (\w+): ", text, re.MULTILINE)
    own = known.keys() - (SETTINGS.keys() - {"token"} if known is OF_COPIES else set())
    assert own <= set(documented)


@pytest.mark.parametrize("name", SETTINGS)
def test_the_page_on_clients_has_each_setting(name: str) -> None:
    rows = re.findall(
        r"^\| (.*?) \|", (DOCS / "clients.md").read_text("utf-8"), re.MULTILINE
    )
    named = [word for row in rows for word in re.findall(r"`(\w+)", row)]
    assert named.count(name) == 1


def test_the_environment_is_documented() -> None:
    assert src_variable("whisper_api") in (Client.__doc__ or "")


NUMBERS = [n for n, known in SETTINGS.items() if type(known.default) in {int, float}]


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_has_a_least_value(name: str) -> None:
    for value in (-1, float("nan")):
        given: dict[str, Any] = {name: value}
        with pytest.raises(InputError, match=f"{name} is {value}, and must be"):
            Client("http://127.0.0.1:9", **given)


def test_a_wrong_name_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="tokens"):
        WAYS["Client"]("http://127.0.0.1:9", tokens="t")


def test_a_clients_endpoint_names_the_address_of_the_client() -> None:
    endpoint = WireClient("http://me:pw@127.0.0.1:7/sub?user=bob").echo
    assert repr(endpoint) == "<Endpoint /echo of http://127.0.0.1:7/sub>"
    with pytest.raises(InputError, match=r"\[/echo of http://127\.0\.0\.1:7/sub\]"):
        endpoint(cast("Any", ["no text"]))
