"""What shapes a module besides the app, and how a module's header says it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from .errors import UsageError
from .literals import source
from .renames import Rename, parse_rename

__all__ = ["BuildOptions"]


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What shapes a module besides the app.

    Attributes:
        include: Globs of api_names to generate; all of them when empty.
        exclude: Globs of api_names to leave out.
        nullable_outputs: Whether any output may be None.
        nullable: Globs of api_names whose outputs may be None.
        nullable_inputs: Whether None may be passed for any parameter, for the empty
            component.
        class_name: The client class; made from the source when None.
        all_endpoints: Whether the undocumented ones were asked for.
        rename: Names for endpoints and their parameters, see `renames`.
        templates: A folder of templates, as it was written.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    nullable_outputs: bool = False
    nullable: tuple[str, ...] = ()
    nullable_inputs: bool = False
    class_name: str | None = None
    all_endpoints: bool = False
    rename: tuple[Rename, ...] = ()
    templates: str | None = None

    def wants(self, api_name: str) -> bool:
        """Whether an endpoint is to be generated."""
        wanted = not self.include or _matches(api_name, self.include)
        return wanted and not _matches(api_name, self.exclude)

    def may_be_empty(self, api_name: str) -> bool:
        """Whether an endpoint's outputs may be None."""
        return self.nullable_outputs or _matches(api_name, self.nullable)

    def __str__(self) -> str:
        """As the command line has them: what it takes to generate the same again."""
        return " ".join(_quoted(word) for word in self.words())

    def words(self) -> list[str]:
        """The same, unquoted: one argument of the command line each."""
        words = ["--all-endpoints"] if self.all_endpoints else []
        words += [f"--include={glob}" for glob in self.include]
        words += [f"--exclude={glob}" for glob in self.exclude]
        words += ["--nullable-outputs"] if self.nullable_outputs else []
        words += [f"--nullable={glob}" for glob in self.nullable]
        words += ["--nullable-inputs"] if self.nullable_inputs else []
        words += [f"--class-name={self.class_name}"] if self.class_name else []
        words += [f"--rename={old}={new}" for old, new in self.rename]
        words += [f"--templates={self.templates}"] if self.templates else []
        return words

    @classmethod
    def parse(cls, text: str) -> BuildOptions:
        """Read what `str` of the options wrote, as in the header of a module.

        Raises:
            UsageError: It holds something else.
        """
        flags: set[str] = set()
        values: dict[str, list[str]] = {option: [] for option in _WITH_VALUES}
        for word in map(_unquoted, _WORD.findall(text)):
            option, equals, value = word.partition("=")
            if option in values and equals:
                values[option].append(value)
            elif word in _FLAGS:
                flags.add(word)
            else:
                raise UsageError(
                    f"{word} is no option that shapes modules. "
                    "Use the gradio-codegen that wrote it, or a newer one"
                )
        return cls(
            include=tuple(values["--include"]),
            exclude=tuple(values["--exclude"]),
            nullable_outputs="--nullable-outputs" in flags,
            nullable=tuple(values["--nullable"]),
            nullable_inputs="--nullable-inputs" in flags,
            class_name=next(iter(values["--class-name"]), None),
            all_endpoints="--all-endpoints" in flags,
            rename=tuple(map(parse_rename, values["--rename"])),
            templates=next(iter(values["--templates"]), None),
        )


_FLAGS = ("--all-endpoints", "--nullable-outputs", "--nullable-inputs")
_WITH_VALUES = (
    "--include",
    "--exclude",
    "--nullable",
    "--class-name",
    "--rename",
    "--templates",
)


def _matches(api_name: str, globs: Iterable[str]) -> bool:
    """Whether one of the globs fits, with the slash or without it."""
    names = (api_name, api_name.removeprefix("/"))
    return any(fnmatchcase(name, glob) for glob in globs for name in names)


def _quoted(word: str) -> str:
    return word if re.fullmatch(r"[\w./=*-]+", word) else source(word)


#: A word of the options: a string literal, or text without blanks.
_WORD = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\S+""")


def _unquoted(word: str) -> str:
    if word[:1] not in ("'", '"'):
        return word
    try:
        return str(ast.literal_eval(word))
    except (SyntaxError, ValueError):
        return word
