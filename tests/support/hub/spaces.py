"""What the Hub knows: Spaces, accounts, and their forms on the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

SERVING = frozenset({"RUNNING", "RUNNING_BUILDING", "RUNNING_APP_STARTING"})
HARDWARE = frozenset(
    {"cpu-basic", "cpu-upgrade", "zero-a10g", "t4-small", "a10g-small"}
)
FREE = frozenset({"cpu-basic", "zero-a10g"})


@dataclass(frozen=True)
class Account:
    """Whom a token belongs to.

    Attributes:
        name: The user's name.
        role: What the token may do: `write` or `read`.
        pays: Whether there is a payment method.
    """

    name: str
    role: str = "write"
    pays: bool = True


@dataclass
class Space:
    """A Space as the Hub knows it.

    Attributes:
        host: Where its app is served.
        stage: Its stage, such as `RUNNING` or `PAUSED`.
        token: The token that may see it; None for a public Space.
        stages: The stages that follow, one with each look at it; one that sleeps goes
            on only when it is woken.
        private: Whether only its owner's tokens may see it.
        gated: Whether it is gated; only its owner has access.
        problem: What the Hub says of a failure.
    """

    host: str
    stage: str | None = "RUNNING"
    token: str | None = None
    stages: list[str] = field(default_factory=list[str])
    sdk: str = "gradio"
    private: bool = False
    gated: bool = False
    disabled: bool = False
    problem: str | None = None
    hardware: str = "cpu-basic"
    sleep_time: int | None = None
    secrets: dict[str, str] = field(default_factory=dict[str, str])
    variables: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def serves(self) -> bool:
        """Whether its app is to be had now."""
        return self.stage in SERVING

    def wake(self) -> None:
        """Somebody has asked its app."""
        if self.stage == "SLEEPING" and self.stages:
            self.stage = self.stages.pop(0)

    def pass_on(self) -> None:
        """Somebody has looked at it."""
        if self.stage != "SLEEPING" and self.stages:
            self.stage = self.stages.pop(0)

    def runtime(self) -> dict[str, Any]:
        """What it runs on, and whether it does."""
        running = self.hardware if self.serves else None
        return {
            "stage": self.stage,
            "hardware": {"current": running, "requested": self.hardware},
            "gcTimeout": self.sleep_time,
            "storage": None,
            **({"errorMessage": self.problem} if self.problem else {}),
        }

    def info(self, name: str) -> dict[str, Any]:
        """All that the Hub says of it."""
        owner, _, short = name.partition("/")
        return {
            "_id": "0" * 24,
            "id": name,
            "author": owner,
            "sha": "0" * 40,
            "private": self.private or self.token is not None,
            "disabled": self.disabled,
            "sdk": self.sdk,
            "tags": [self.sdk],
            "likes": 0,
            "host": self.host,
            "subdomain": f"{owner}-{short}",
            "siblings": [],
            **({} if self.stage is None else {"runtime": self.runtime()}),
        }
