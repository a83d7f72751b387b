"""How to reach an app, as the options of a command say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gradio_runtime.addresses import shown_src

from ..errors import UsageError
from ..fetch import fetch, split_login
from ..spec import AppSpec
from .talk import Talk


@dataclass(frozen=True)
class Connect:
    """How to reach an app."""

    token: str | None = None
    auth: tuple[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(
        cls, token: str | None, auth: str | None, headers: Sequence[str] | None
    ) -> Connect:
        """Make it of the options as they were typed.

        Raises:
            UsageError: One is malformed.
        """
        login = None if auth is None else split_login(auth)
        if auth is not None and login is None:
            raise UsageError("--auth takes user:password, with a colon in between")
        return cls(token, login, dict(map(_header, headers or ())))

    @property
    def anything(self) -> bool:
        """Whether any of it was given."""
        return self.token is not None or self.auth is not None or bool(self.headers)

    def read(self, source: str, talk: Talk) -> AppSpec:
        """Read an app's description, or a saved one, telling that it takes a while.

        Raises:
            CodegenError: It cannot be read.
        """
        reading = talk.progress(f"Reading {shown_src(source)}")
        with reading as show, talk.stage("fetch"):
            return fetch(
                source,
                token=self.token,
                auth=self.auth,
                headers=self.headers,
                report=show,
            )


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not name or not name.isascii() or not name.isprintable():
        raise UsageError(f"--header takes Key:Value, not {text!r}")
    if not value.isprintable():
        raise UsageError(f"the value of --header {name} has characters no header has")
    return name, value
