"""JSON text of servers."""

from __future__ import annotations

import gc
import json
import sys
import uuid

from gradio_runtime.jsontext import load_json


def test_what_was_read_is_not_kept() -> None:
    texts = [json.dumps({"event_id": uuid.uuid4().hex}) for _ in range(2000)]
    load_json(texts[0])
    gc.collect()
    before = sys.getallocatedblocks()
    for text in texts:
        load_json(text)
    gc.collect()
    assert sys.getallocatedblocks() - before < 500
