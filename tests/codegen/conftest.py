"""What the generator's tests share."""

from __future__ import annotations

import ast
import copy
import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest
from gradio_codegen.decide import objects


@pytest.fixture(scope="session", autouse=True)
def classes_are_generated_once() -> Iterator[None]:
    """datamodel-code-generator takes long, and gives the same for the same schema."""
    generate = objects._generate

    @lru_cache(64)
    def generated(document: str) -> ast.Module:
        return generate(json.loads(document))

    def once(document: dict[str, Any]) -> ast.Module:
        return copy.deepcopy(generated(json.dumps(document)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(objects, "_generate", once)
        yield
