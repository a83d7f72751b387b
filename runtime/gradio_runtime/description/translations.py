"""Texts that an app has in several languages (`gr.I18n`, Gradio 5.31 and later).

The page shows them in the reader's language. Here they are English, or else in the
language that comes first, so that the same app always reads the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from .json_values import is_array, is_object, load_json

_MARK = "__i18n__"
_MARKED = re.compile(_MARK + r"(\{[^{}]*\})")
_METADATA = {"key", "_type", "__type__"}
#: Deeper than any text of a component or a parameter.
_DEEPEST = 8


def key_of(value: object) -> str | None:
    """Return the key of a text that is translated; None for anything else.

    It comes as an object with its `key`, or as this object's JSON behind a mark.
    """
    if isinstance(value, str) and value.startswith(_MARK):
        with suppress(ValueError):
            value = load_json(value.removeprefix(_MARK))
    if is_object(value) and value.keys() <= _METADATA:
        key = value.get("key")
        return key if isinstance(key, str) else None
    return None


def texts_of(translations: object) -> dict[str, str]:
    """Return the text of each key: of `{language: {key: text}}`, or of `{key: text}`."""
    if not is_object(translations):
        return {}
    if any(isinstance(item, str) for item in translations.values()):
        return {k: v for k, v in translations.items() if isinstance(v, str)}
    texts: dict[str, str] = {}
    for language in sorted(translations, key=_not_english):
        known = translations[language]
        for key, text in known.items() if is_object(known) else ():
            if isinstance(text, str):
                texts.setdefault(key, text)
    return texts


def _not_english(language: str) -> tuple[bool, bool]:
    return language != "en", not language.lower().startswith(("en-", "en_"))


def translated(value: Any, texts: Mapping[str, str], depth: int = 0) -> Any:
    """Return JSON with its translated texts, but for the values of choices.

    Those go back to the app as they came.
    """
    if isinstance(value, str):
        if _MARK not in value:
            return value
        return _MARKED.sub(lambda found: _text(found[0], texts), value)
    if depth > _DEEPEST:
        return value
    if is_array(value):
        return [translated(item, texts, depth + 1) for item in value]
    if key_of(value) is not None:
        return _text(value, texts)
    if not is_object(value):
        return value
    return {
        key: [_choice(item, texts) for item in part]
        if key == "choices" and is_array(part)
        else translated(part, texts, depth + 1)
        for key, part in value.items()
    }


def _text(marked: object, texts: Mapping[str, str]) -> str:
    key = key_of(marked)
    return str(marked) if key is None else texts.get(key, key)


def _choice(item: Any, texts: Mapping[str, str]) -> Any:
    if is_array(item) and len(item) == 2:
        return [translated(item[0], texts, _DEEPEST), item[1]]
    return item
