"""What shapes a module besides the app: each option declared once.

The fields of `BuildOptions` are the declaration. The command line (`cli_options`), the
config of `sync` (`config`), the header of a module (`str` and `parse`) and `generate`
(`api`) take names, defaults and help texts from them.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any, Literal, cast

from .errors import UsageError
from .narrow import as_map

#: An endpoint or a parameter, and its new name.
Rename = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Option:
    """How an option is given.

    Attributes:
        kind: What its value is: nothing but that it is given, a text, any number of
            texts, or any number of texts with a name for each.
        help: What it does.
        metavar: What help pages call its value.
        selects: It says which endpoints there are and how they are called, so
            `inspect` has it too.
        of_one_app: A config has it for single apps only.
    """

    kind: Literal["flag", "text", "texts", "names"]
    help: str
    metavar: str = ""
    selects: bool = False
    of_one_app: bool = False

    def normal(self, value: Any) -> Any:
        """Return a value from any of the places in the form that code works with."""
        match self.kind:
            case "flag":
                return value
            case "text":
                return value and os.fspath(cast("str | os.PathLike[str]", value))
            case "texts":
                return tuple(value or ())
            case "names":
                return _pairs(value)

    def words(self, flag: str, value: Any) -> list[str]:
        """Return a normal value as arguments of the command line."""
        match self.kind:
            case "flag":
                return [flag] if value else []
            case "text":
                return [f"{flag}={value}"] if value else []
            case "texts":
                return [f"{flag}={text}" for text in value]
            case "names":
                return [f"{flag}={old}={new}" for old, new in value]


def _declared(option: Option) -> Any:
    """Return a field for an option; its default is that nothing is given."""
    default = {"flag": False, "text": None}.get(option.kind, ())
    return field(default=default, metadata={"option": option})


@dataclass(frozen=True, kw_only=True)
class BuildOptions:
    """What shapes a module besides the app.

    Their order is that of a module's header, of help pages and of the config's schema.
    """

    all_endpoints: bool = _declared(
        Option("flag", "Take in the undocumented endpoints too.", selects=True)
    )
    include: Iterable[str] = _declared(
        Option(
            "texts",
            "Globs of the endpoints to generate; all when empty.",
            "GLOB",
            selects=True,
        )
    )
    exclude: Iterable[str] = _declared(
        Option("texts", "Globs of endpoints to leave out.", "GLOB", selects=True)
    )
    main: bool = _declared(
        Option(
            "flag",
            "Only the endpoints that look like the app's work; see docs/generating.md.",
            selects=True,
        )
    )
    nullable_outputs: bool = _declared(Option("flag", "Any output may be None."))
    nullable: Iterable[str] = _declared(
        Option("texts", "Globs of endpoints whose outputs may be None.", "GLOB")
    )
    nullable_inputs: bool = _declared(
        Option("flag", "Any parameter takes None: nothing given.")
    )
    class_name: str | None = _declared(
        Option("text", "Name of the client class.", "NAME", of_one_app=True)
    )
    rename: Mapping[str, str] | Iterable[Rename] | None = _declared(
        Option(
            "names",
            "Names for endpoints (/lambda_3=translate) and parameters "
            "(/lambda_3.param_0=text).",
            "ENDPOINT=NAME",
            selects=True,
            of_one_app=True,
        )
    )
    templates: str | os.PathLike[str] | None = _declared(  # noqa: RUF009 - a field
        Option(
            "text",
            "Folder of templates that replace ours; see docs/templates.md.",
            "DIR",
        )
    )
    open_choices: Iterable[str] = _declared(
        Option(
            "texts",
            "Globs of parameters (/predict.model) whose choices and bounds change "
            "while the app runs.",
            "ENDPOINT.PARAMETER",
        )
    )

    def __post_init__(self) -> None:
        for name, option in OPTIONS.items():
            object.__setattr__(self, name, option.normal(getattr(self, name)))

    @property
    def renames(self) -> tuple[Rename, ...]:
        """Return the pairs of `rename`."""
        return _pairs(self.rename)

    def wants(self, api_name: str) -> bool:
        """Return whether an endpoint is to be generated."""
        wanted = not self.include or _matches(api_name, self.include)
        return wanted and not _matches(api_name, self.exclude)

    def may_be_empty(self, api_name: str) -> bool:
        """Return whether an endpoint's outputs may be None."""
        return self.nullable_outputs or _matches(api_name, self.nullable)

    def opens(self, parameter: str) -> bool:
        """Return whether a parameter's choices and bounds are the app's to decide."""
        return _matches(parameter, self.open_choices)

    def __str__(self) -> str:
        """Return the options as the words that generate the same again."""
        return " ".join(map(_quoted, self.words()))

    def words(self) -> list[str]:
        """Return the same unquoted, each one argument of the command line."""
        return [
            word
            for name, option in OPTIONS.items()
            for word in option.words(flag_of(name), getattr(self, name))
        ]

    @classmethod
    def parse(cls, text: str) -> BuildOptions:
        """Read what `str` of the options wrote, as in the header of a module.

        Raises:
            UsageError: It holds something else.
        """
        names = {flag_of(name): name for name in OPTIONS}
        given: dict[str, Any] = {}
        for word in map(_unquoted, _WORD.findall(text)):
            flag, equals, value = word.partition("=")
            name = names.get(flag, "")
            kind = OPTIONS[name].kind if name else ""
            if not kind or (kind == "flag") == bool(equals):
                raise UsageError(
                    f"{word} is not an option that shapes modules. "
                    "Use the gradio-codegen that wrote it, or a newer one"
                )
            if kind in ("flag", "text"):
                given.setdefault(name, kind == "flag" or value)
            else:
                given.setdefault(name, []).append(value)
        return cls(**given)


#: The options, by the name that they have in Python.
OPTIONS: Mapping[str, Option] = {
    item.name: item.metadata["option"] for item in fields(BuildOptions)
}


def flag_of(name: str) -> str:
    """Return what the command line calls an option."""
    return f"--{name.replace('_', '-')}"


def _pairs(given: Any) -> tuple[Rename, ...]:
    members = as_map(given)
    pairs: Iterable[Any] = given or () if members is None else members.items()
    return tuple(_pair(item) if isinstance(item, str) else item for item in pairs)


def _pair(text: str) -> Rename:
    """Return a pair from the command line's form: `/lambda_3=translate`."""
    # The first name is the app's and can hold anything, the second cannot.
    old, equals, new = text.rpartition("=")
    if not equals or not old.strip() or not new.strip():
        raise UsageError(
            f"--rename takes ENDPOINT=NAME or ENDPOINT.PARAMETER=NAME, not {text!r}"
        )
    return old.strip(), new.strip()


def _matches(api_name: str, globs: Iterable[str]) -> bool:
    """Return whether one of the globs fits, with the slash or without it."""
    names = (api_name, api_name.removeprefix("/"))
    return any(fnmatchcase(name, glob) for glob in globs for name in names)


def _quoted(word: str) -> str:
    if re.fullmatch(r"[\w./=*-]+", word):
        return word
    from .literals import source  # the runtime, which `--help` does without

    return source(word)


#: A word of the options: a string literal, or text without blanks.
_WORD = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\S+""")


def _unquoted(word: str) -> str:
    if word[:1] not in ("'", '"'):
        return word
    try:
        return str(ast.literal_eval(word))
    except (SyntaxError, ValueError):
        return word
