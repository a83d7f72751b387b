"""What can go wrong while generating, and what is noted on the way.

```
CodegenError            the root; each knows the exit code of the command line
├── UsageError      2   an option or argument that makes no sense
├── OutputError     2   the output cannot be written, or must not be overwritten
├── SourceError     3   the app, or its saved description, cannot be read
│   └── SpecError   3   it was read, but it is not a description of a Gradio app
├── CheckError      1   the generated module failed the generator's own check
└── CallError       1   the app has failed at a call, or has changed
```

Each message is one printable line and ends with the next step to take. What concerns
a single endpoint is a `Diagnostic` instead: the others are generated all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from .limits import MESSAGE

_LONGEST_PLACE = 300


def _line(text: str, most: int = MESSAGE) -> str:
    """Return text on one printable line: much of it can come from a stranger's app."""
    # Not imported before there is something to say.
    from gradio_runtime._models.texts import printable

    return printable(text, most)


class CodegenError(Exception):
    """The root of the tree.

    Attributes:
        exit_code: What the command line exits with.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str) -> None:
        super().__init__(_line(message))


class UsageError(CodegenError):
    """An option or argument that makes no sense."""

    exit_code = 2


class OutputError(CodegenError):
    """The output cannot be written, or must not be overwritten."""

    exit_code = 2


class SourceError(CodegenError):
    """The app, or its saved description, cannot be read or reached."""

    exit_code = 3


class SpecError(SourceError):
    """What was read does not describe a Gradio app.

    Attributes:
        place: Where in the description, such as `config.components[3].props`.
    """

    def __init__(self, place: str, problem: str) -> None:
        self.place = _line(place, _LONGEST_PLACE)
        super().__init__(
            f"the app's description is broken at {self.place}: "
            f"{_line(problem, _LONGEST_PLACE)}. "
            "Fetch it again, or report it to the app's author."
        )


class CheckError(CodegenError):
    """The generated module is not what the generator means to write."""


class CallError(CodegenError):
    """The app has failed at a call, or has changed."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """Something worth knowing about one endpoint of the app.

    Attributes:
        level: `error` when the endpoint was left out, `warning` when it was generated
            with a reservation, `note` for the rest.
        endpoint: Its api_name, with the slash; empty when it is about the app.
        message: What it is.
        of_many: What an app can have many of, in the plural: those are told in one
            line.
    """

    level: Literal["note", "warning", "error"]
    endpoint: str
    message: str
    of_many: str = ""

    def __str__(self) -> str:
        """Return one line, ready to print: names come from strangers' apps."""
        about = f"{self.endpoint}: " if self.endpoint else ""
        return _line(f"{self.level}: {about}{self.message}")
