"""How to reach an app, as the options of a command say."""

from __future__ import annotations

from collections.abc import Sequence

from gradio_runtime.description.addresses import shown_src

from ..descriptions.fetch import Connect, fetch, split_login
from ..descriptions.spec import AppSpec
from ..errors import Diagnostic, UsageError
from .console import Talk


def connect_by(
    token: str | None, auth: str | None, header: Sequence[str] | None
) -> Connect:
    """Return how to reach an app, by the options as they were typed.

    Raises:
        UsageError: One is malformed.
    """
    login = None if auth is None else split_login(auth)
    if auth is not None and login is None:
        raise UsageError("--auth takes user:password, with a colon in between")
    headers = dict(map(_header, header or ()))
    return Connect(token=token, auth=login, headers=headers or None)


def read_app(source: str, connect: Connect, talk: Talk) -> AppSpec:
    """Read an app's description, or a saved one, and show progress.

    Raises:
        CodegenError: It cannot be read.
    """
    reading = talk.progress(f"Reading {shown_src(source)}")
    with reading as show, talk.stage("fetch"):
        return fetch(source, connect, show)


def read_and_warn(source: str, connect: Connect, talk: Talk) -> AppSpec:
    """Do the same, and say where the app's server fails to describe it.

    What generates a module says so with the module's diagnostics.
    """
    from gradio_runtime.description import NO_INFO

    spec = read_app(source, connect, talk)
    if spec.info.substitute:
        talk.diagnostics([Diagnostic("warning", "", NO_INFO)])
    return spec


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not name or not name.isascii() or not name.isprintable():
        raise UsageError(f"--header takes Key:Value, not {text!r}")
    if not value.isprintable():
        raise UsageError(f"the value of --header {name} has characters no header has")
    return name, value
