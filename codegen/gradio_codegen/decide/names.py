"""Identifiers: from any text to a name that is valid, free and always the same.

Labels and api_names are free text from strangers, so nothing here trusts them. One
`Namer` hands out the names of one scope; the reserved sets say what each kind of name
must stay clear of.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable

from gradio_runtime._components.registry import HOMES, KINDS, VALUES
from gradio_runtime._models.texts import UNSEEN

from ..limits import IDENTIFIER


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Names a generated module may import, and the module of each.
IMPORTS: dict[str, str] = {
    "Annotated": "typing",
    "Any": "typing",
    "Literal": "typing",
    "TypeAlias": "typing",
    "App": "gradio_runtime",
    "Call": "gradio_runtime",
    "Client": "gradio_runtime",
    "File": "gradio_runtime",
    "FileInput": "gradio_runtime",
    "Input": "gradio_runtime",
    "Model": "gradio_runtime",
    "Output": "gradio_runtime",
    "UNCHANGED": "gradio_runtime",
    "Update": "gradio_runtime",
    "Several": "gradio_runtime.types",
    "Unchanged": "gradio_runtime.types",
    "Field": "pydantic",
} | dict.fromkeys(VALUES.keys() & HOMES.keys(), "gradio_runtime.types")

#: Those of them whose values can hold files. A default of such a type is never written
#: into a module: it could name a file of the caller's.
HOLD_FILES = frozenset(
    value.name for kind in KINDS.values() if kind.files for value in kind.all_values
)

#: Written down rather than read from `builtins`, which differs between versions of
#: Python: the same app must give the same module everywhere.
BUILTINS = _words(
    """
    abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr
    classmethod compile complex copyright credits delattr dict dir divmod enumerate
    eval exec exit filter float format frozenset getattr globals hasattr hash help hex
    id input int isinstance issubclass iter len license list locals map max memoryview
    min next object oct open ord pow print property quit range repr reversed round set
    setattr slice sorted staticmethod str sum super tuple type vars zip
    ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup
    BlockingIOError BrokenPipeError BufferError BytesWarning ChildProcessError
    ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError
    DeprecationWarning EOFError Ellipsis EncodingWarning EnvironmentError Exception
    ExceptionGroup FileExistsError FileNotFoundError FloatingPointError FutureWarning
    GeneratorExit IOError ImportError ImportWarning IndentationError IndexError
    InterruptedError IsADirectoryError KeyError KeyboardInterrupt LookupError
    MemoryError ModuleNotFoundError NameError NotADirectoryError NotImplemented
    NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError
    ProcessLookupError RecursionError ReferenceError ResourceWarning RuntimeError
    RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning
    SystemError SystemExit TabError TimeoutError TypeError UnboundLocalError
    UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError
    UnicodeWarning UserWarning ValueError Warning ZeroDivisionError
    """
)

#: Members of `gradio_runtime.Client` and of its instances, the private ones too, which a
#: generated client has beside its endpoints. Its `predict` and `submit` are made to be
#: replaced by endpoints.
MEMBERS = _words(
    """
    _address _closed _connection _connections _predict _settings _submit aclose app close
    config connect duplicate duplicates reset_session session_hash src use view_api
    """
)

#: What no module-level name may be.
MODULE = frozenset(IMPORTS) | BUILTINS | MEMBERS | {"_app", "annotations"}

#: What no field of a model may be: attributes of pydantic's BaseModel, of its metaclass
#: and of the runtime's own base classes, and the names that annotations are written with.
FIELDS = _words(
    """
        astuple construct copy dict from_orm json model_computed_fields model_config
        model_construct model_copy model_dump model_dump_json model_extra model_fields
        model_fields_set model_json_schema model_parametrized_name model_post_init
        missing model_rebuild model_validate model_validate_json model_validate_strings
        mro parse_file parse_obj parse_raw register schema schema_json
        update_forward_refs validate
        bool bytes float int list locals object self set str tuple
        """
) | frozenset(IMPORTS)

#: Words in camelCase (`maxTokens`, `ControlNet`, `userID`, `HTMLText`), which are more
#: than words with a capital within (`LoRA`, `dB`, `kHz`).
_CAMEL = re.compile(
    r"\b(?:[a-z][a-z0-9]+|[A-Z][a-z0-9]+|[A-Z]{2,}(?=[A-Z][a-z]{2}))(?:[A-Z][a-z0-9]+)+\b"
    r"|\b[a-z][a-z0-9]+[A-Z]{2,}\b"
)
#: Markup in a label.
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LONGEST = 48
#: Names of parameters that say too little as the name of a type: other classes too are
#: called so, and all components.
_GENERIC = KINDS.keys() | _words(
    """
    choice data event id index input item job key kind name number option options output
    result state status stream text type value version
    """
)
#: Characters of a text that are read to name something after it.
_READ = 400
#: Fields that begin like this make pydantic warn when the module is imported.
_PROTECTED = ("model_dump", "model_validate")


def identifier(text: str, fallback: str) -> str:
    """Make `text` a valid identifier that is not a keyword.

    An identifier within the limit stays as it is, but for Unicode normalisation:
    Python reads identifiers in NFKC, so two that differ only before it are one name.

    Args:
        text: Anything.
        fallback: What to use if nothing of `text` can be kept; it also goes before a
            name that would begin with a digit.
    """
    # Without the marks that choose between text and emoji: they are not seen.
    name = unicodedata.normalize("NFKC", re.sub("[\ufe0e\ufe0f]", "", text[:_READ]))
    if len(name) > IDENTIFIER or not name.isidentifier() or UNSEEN.search(name):
        seen = UNSEEN.sub("_", name)
        chars = (char if f"_{char}".isidentifier() else "_" for char in seen)
        # Normalising again: taking characters away can bring others together.
        name = unicodedata.normalize("NFKC", re.sub("__+", "_", "".join(chars)))
        name = name.strip("_")[:_LONGEST].rstrip("_") or fallback
        if not name.isidentifier():
            name = f"{fallback}_{name}"
        if not name.isidentifier():
            name = fallback
    return f"{name}_" if keyword.iskeyword(name) else name


def field_name(text: str, fallback: str) -> str:
    """Make `text` the name of a field; pydantic allows no leading underscore."""
    name = identifier(text, fallback).lstrip("_") or fallback
    if name.startswith(_PROTECTED):
        name = f"field_{name}"
    return identifier(name, fallback)


def function_name(api_name: str) -> str:
    """Make an api_name (without its slash) the name of a function.

    It does not begin with an underscore, which would make it private.
    """
    return identifier(identifier(api_name, "endpoint").strip("_"), "endpoint")


def is_generic(param: str) -> bool:
    """Return whether a parameter's name says too little as that of a type."""
    bare = param.replace("_", "")
    return bare in _GENERIC or re.fullmatch(r"param\d+", bare) is not None


def snake(text: str, fallback: str) -> str:
    """Make a label the name of a field, in snake_case."""
    text = _CAMEL.sub(lambda word: _HUMP.sub("_", word[0]), " ".join(text.split()))
    return field_name(text.lower(), fallback)


def short_snake(text: str, fallback: str) -> str | None:
    """Return the same of what a long label begins with; None if it has no words."""
    if re.search(r"[^\W_]", text) is None:
        return None
    text = " ".join(_TAG.sub(" ", text[:_READ]).split()) or text
    if len(text) > _LONGEST:
        text = re.sub(r" *(\([^()]*\)|\[[^\[\]]*\])", "", text).strip() or text
    if len(text) > _LONGEST:
        text = text[:_LONGEST].rpartition(" ")[0] or text
    return snake(text, fallback)


def pascal(text: str) -> str:
    """Make an identifier the name of a class, in PascalCase."""
    words = [word for word in text.split("_") if word]
    name = "".join(word[0].upper() + word[1:] for word in words)
    return identifier(unicodedata.normalize("NFKC", name), "Value")


class Namer:
    """Hands out the names of one scope, each once.

    The first to ask for a name gets it; later ones get a number. Asking in the order
    of the app's description makes the outcome stable.
    """

    def __init__(self, reserved: Iterable[str]) -> None:
        self._reserved = frozenset(reserved)
        self._taken: set[str] = set()
        # The last number of each stem: thousands of names can be alike.
        self._numbers: dict[str, int] = {}

    def claim(self, wanted: str) -> str:
        """Return the name closest to `wanted` that is still free, taken from now on."""
        base = f"{wanted}_" if wanted in self._reserved else wanted
        return self._numbered(base, base if base[-1] == "_" else f"{base}_")

    def claim_class(self, wanted: str) -> str:
        """Return the same for a class, whose number follows without an underscore."""
        return self._numbered(wanted, wanted)

    def _numbered(self, name: str, stem: str) -> str:
        """Take `name`, or the first of `stem2`, `stem3` … that is free."""
        if self.is_taken(name):
            number = self._numbers.get(stem, 1) + 1
            while self.is_taken(name := f"{stem}{number}"):
                number += 1
            self._numbers[stem] = number
        self._taken.add(name)
        return name

    def is_taken(self, name: str) -> bool:
        """Return whether a name is taken or reserved."""
        return name in self._taken or name in self._reserved

    def forbid(self, names: Iterable[str]) -> None:
        """Keep `names` from being handed out."""
        self._reserved |= frozenset(names)
