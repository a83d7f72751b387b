"""Values of Python and its libraries: what JSON has for them, or one line of refusal."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pytest
from gradio_runtime import InputError
from gradio_runtime._codecs.codec import encode
from gradio_runtime.description import Component, Config
from gradio_runtime.description.dialect import Dialect

VERSIONS = ["3.50.2", "4.44.1", "6.31.0"]


@dataclass
class Order:
    price: Decimal
    day: date


def sent(value: object, component: str = "json", version: str = VERSIONS[-1]) -> Any:
    dialect = Dialect.of(Config(version=version, protocol="sse_v3"))
    return encode(value, Component(id=1, type=component), dialect)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("value", "json"),
    [
        (Decimal("2.5"), 2.5),
        (np.int64(2), 2),
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
        (np.array([[1, 2]]), [[1, 2]]),
        (pd.Series([1, 2]), [1, 2]),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, tzinfo=UTC), "2026-01-02T03:00:00+00:00"),
        (pd.Timestamp("2026-01-02"), "2026-01-02T00:00:00"),
        (time(1, 2), "01:02:00"),
        (PurePosixPath("a/b"), "a/b"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Order(Decimal("1.5"), date(2026, 1, 2)), {"price": 1.5, "day": "2026-01-02"}),
        (deque([Decimal(1)]), [1]),
        (range(2), [0, 1]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_sent_as_what_it_is(value: Any, json: Any, version: str) -> None:
    found = sent({"in": [value]}, version=version)
    assert found == {"in": [json]}
    assert type(found["in"][0]) is type(json)


@pytest.mark.parametrize(
    "value",
    [
        Decimal("NaN"),
        Decimal("Infinity"),
        np.float64("nan"),
        pd.NaT,
        pd.NA,
        timedelta(days=1),
        1j,
        object(),
        b"bytes",
        pd.DataFrame({"a": [1]}),
        pl.DataFrame({"a": [1]}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_json_is_refused(value: Any) -> None:
    for item in (value, [value], {"a": value}):
        with pytest.raises(InputError) as refused:
            sent(item)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("table", [pd.DataFrame({"a": [1]}), pl.DataFrame({"a": [1]})])
def test_a_table_is_one_in_untyped_calls_too(table: Any, version: str) -> None:
    found = sent(table, "dataframe", version)
    assert (found["headers"], found["data"]) == (["a"], [[1]])
