"""How to reach an app."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .bounds import CONNECT_TIMEOUT, MAX_DOWNLOAD_TOTAL, MAX_FILES
from .http.pools import HttpOptions
from .hub.lines import Report, line_on_terminal
from .options import OnDrift, check_whole


@dataclass(frozen=True, slots=True)
class Settings:
    """How to reach an app; the arguments of `Client`."""

    token: str | bool | None = field(default=None, repr=False)
    auth: tuple[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    download_dir: Path | None = None
    download_files: bool = True
    http: HttpOptions = field(default_factory=HttpOptions, repr=False)
    oauth_token: str | None = field(default=None, repr=False)
    max_download_size: int | None = None
    max_download_total: int = MAX_DOWNLOAD_TOTAL
    max_files: int = MAX_FILES
    connect_timeout: float = CONNECT_TIMEOUT
    max_workers: int = 64
    wake_timeout: float = 600.0
    report: Report = field(default_factory=line_on_terminal, repr=False)
    on_drift: OnDrift = "raise"

    def __post_init__(self) -> None:
        """Refuse what cannot be sent."""
        for text in self.auth or ():
            check_whole(auth=text)
        check_whole(token=self.token, oauth_token=self.oauth_token)
        for name, value in self.headers.items():
            check_whole(header=f"{name}{value}")
