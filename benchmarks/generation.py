"""Measure how long generating takes, and write it to GENERATION.md.

`make bench-generation`. Each figure is of whole processes, `gradio-codegen URL -o FILE`
as a user runs it: start of the interpreter, reading `/config` and `/info` over
loopback, writing the module. The apps are made up here, always the same.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.report import Table, machine, milliseconds

OUTPUT = Path(__file__).with_name("GENERATION.md")
_STAGE = re.compile(r"^(\w+) +(\d+) ms$", re.MULTILINE)

Json = dict[str, Any]

# --- Apps

_FILE: Json = {
    "title": "ImageData",
    "type": "object",
    "properties": {
        name: {
            "anyOf": [{"type": kind}, {"type": "null"}],
            "default": None,
            "description": about,
            "title": name.replace("_", " ").title(),
        }
        for name, kind, about in (
            ("path", "string", "Path to a local file on the server."),
            ("url", "string", "Publicly available URL, or base64 encoded image."),
            ("size", "integer", "Size of the image in bytes, if that is known."),
            ("orig_name", "string", "Original filename, as the user's disk has it."),
            ("mime_type", "string", "The image's MIME type, such as image/png."),
        )
    },
    "description": "For use with image components, as input and as output.",
}
_BOX: Json = {
    "title": "Box",
    "type": "object",
    "properties": {side: {"type": "integer"} for side in ("x", "y", "w", "h")},
    "required": ["x", "y", "w", "h"],
}


def _detections(index: int) -> Json:
    """An object type of the endpoint's own, with one that all endpoints share."""
    return {
        "title": f"Detections{index}",
        "type": "object",
        "properties": {
            "boxes": {"type": "array", "items": {"$ref": "#/$defs/Box"}},
            f"score_{index}": {"type": "number"},
        },
        "required": ["boxes"],
        "$defs": {"Box": _BOX},
    }


def _endpoint(index: int, *, objects: bool) -> tuple[list[Json], list[Json]]:
    """Parameters and outputs; each with its component's `props` and JSON Schema."""
    choices = [[f"Style {i}", f"style-{i}"] for i in range(20)]
    parameters: list[Json] = [
        _slot("textbox", "prompt", {"type": "string"}, "a cat"),
        _slot("image", "image", _FILE),
        _slot("image", "mask", _FILE),
        _slot(
            "slider",
            "steps",
            {"type": "number"},
            20,
            {"minimum": 1, "maximum": 100, "step": 1},
        ),
        _slot(
            "dropdown",
            "style",
            {"type": "string", "enum": [value for _, value in choices]},
            f"style-{index % 7}",
            {"choices": choices},
        ),
        _slot("number", "seed", {"type": "number"}, 0, {"precision": 0}),
        _slot("checkbox", "high_definition", {"type": "boolean"}, False),
    ]
    outputs: list[Json] = [
        _slot("image", "Result", _FILE),
        _slot("image", "Preview", _FILE),
        _slot("textbox", "Log", {"type": "string"}),
    ]
    if objects:
        outputs.append(_slot("api", "Detections", _detections(index)))
    return parameters, outputs


def _slot(
    kind: str, name: str, schema: Json, default: Any = None, props: Json | None = None
) -> Json:
    label = name.replace("_", " ").title()
    return {
        "kind": kind,
        "name": name,
        "schema": schema,
        "default": default,
        "props": {"label": label, "value": default, "visible": True, **(props or {})},
    }


def make_app(count: int, *, objects: bool) -> tuple[Json, Json]:
    """`/config` and `/info` of an app of so many endpoints."""
    components: list[Json] = []
    dependencies: list[Json] = []
    named: Json = {}

    def placed(slots: list[Json]) -> list[int]:
        first = len(components) + 1
        for number, slot in enumerate(slots, first):
            components.append(
                {"id": number, "type": slot["kind"], "props": slot["props"]}
            )
        return list(range(first, first + len(slots)))

    for index in range(count):
        parameters, outputs = _endpoint(index, objects=objects)
        dependencies.append(
            {
                "id": index,
                "api_name": f"paint_{index}",
                "inputs": placed(parameters),
                "outputs": placed(outputs),
                "backend_fn": True,
                "types": {"generator": index % 5 == 0},
            }
        )
        named[f"/paint_{index}"] = {
            "description": "Paint over a part of a picture.\n\nThe mask says which.",
            "parameters": [
                {
                    **_described(slot),
                    "parameter_name": slot["name"],
                    "parameter_has_default": slot["default"] is not None,
                    "parameter_default": slot["default"],
                    "example_input": slot["default"] or "https://example.org/cat.png",
                }
                for slot in parameters
            ],
            "returns": [_described(slot) for slot in outputs],
        }
    config = {
        "version": "6.31.0",
        "protocol": "sse_v3",
        "api_prefix": "/gradio_api",
        "components": components,
        "dependencies": dependencies,
    }
    return config, {"named_endpoints": named, "unnamed_endpoints": {}}


def _described(slot: Json) -> Json:
    return {
        "label": slot["props"]["label"],
        "type": slot["schema"],
        "component": slot["kind"].capitalize(),
        "python_type": {
            "type": "dict(path: str | None (Path to a local file), url: str | None "
            "(Publicly available url or base64 encoded image), size: int | None (Size "
            "of image in bytes), orig_name: str | None (Original filename), mime_type: "
            "str | None (mime type of image), is_stream: bool (Can always be set to "
            "False), meta: dict(_type: Literal[gradio.FileData]))",
            "description": "For input, either path or url must be provided. For output, "
            "path is always provided.",
        },
    }


@contextmanager
def serving(
    config: Json, info: Json | None, info_all: Json | None = None
) -> Iterator[str]:
    """A server on loopback that answers as the app would; gives its URL.

    Without `info` it answers 500 there; `info_all` is of all endpoints.
    """
    place = f"{config.get('api_prefix') or ''}/info"
    answers = {"/config": json.dumps(config).encode()}
    if info is not None:
        answers[place] = json.dumps(info).encode()
        answers[f"{place}?all_endpoints=True"] = json.dumps(info_all or info).encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            body = answers.get(self.path, answers.get(path))
            missing = 500 if path == place else 404
            self.send_response(missing if body is None else 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


# --- Runs


@dataclass(frozen=True)
class Run:
    """A whole process: seconds, those of the processor, megabytes, and stages."""

    seconds: float
    processor: float
    megabytes: float
    stages: dict[str, int]


def run(url: str, target: Path) -> Run:
    """Generate in a new process, with bytecode as a user has it."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    words = ["-m", "gradio_codegen", url, "-o", str(target), "--force", "--verbose"]
    with tempfile.TemporaryFile("w+") as said:
        start = perf_counter()
        process = subprocess.Popen([sys.executable, *words], env=env, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        text = said.read()
    if process.returncode:
        raise RuntimeError(text)
    stages = {name: int(ms) for name, ms in _STAGE.findall(text)}
    kilobytes = usage.ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    processor = usage.ru_utime + usage.ru_stime
    return Run(seconds, processor, kilobytes / 1024, stages)


def measure(rounds: int) -> tuple[Table, Table]:
    """The whole, and the stages, of each app."""
    heads: tuple[str, ...] = (
        "app",
        "/info",
        "lines",
        "whole process",
        "processor",
        "most memory",
    )
    whole: list[tuple[str, ...]] = []
    split: list[tuple[str, ...]] = []
    names: list[str] = []
    for title, count, objects in (
        ("10 endpoints", 10, False),
        ("10 endpoints, object types", 10, True),
        ("100 endpoints, object types", 100, True),
        ("500 endpoints, object types", 500, True),
    ):
        config, info = make_app(count, objects=objects)
        with (
            serving(config, info) as url,
            tempfile.TemporaryDirectory(prefix="gradio-codegen-bench-") as folder,
        ):
            target = Path(folder) / "bench_api.py"
            run(url, target)  # bytecode is written, files are in memory
            runs = [run(url, target) for _ in range(rounds)]
            lines = len(target.read_text(encoding="utf-8").splitlines())
        size = len(json.dumps(info)) / 1e6
        row = (
            title,
            f"{size:.2g} MB",
            f"{lines:,}",
            milliseconds(_median(runs, lambda item: item.seconds)),
            milliseconds(_median(runs, lambda item: item.processor)),
            f"{_median(runs, lambda item: item.megabytes):.0f} MB",
        )
        print(" | ".join(row), flush=True)
        whole.append(row)
        names = list(runs[0].stages)
        times = {n: _median(runs, lambda item, n=n: item.stages[n]) for n in names}  # type: ignore[misc]
        rest = _median(runs, lambda item: item.seconds) - sum(times.values()) / 1000
        split.append(
            (title, milliseconds(rest), *(f"{times[n]:.0f} ms" for n in names))
        )
    return (
        Table(
            "A whole process",
            f"`gradio-codegen URL -o FILE`: median of {rounds} runs.",
            heads,
            tuple(whole),
        ),
        Table(
            "Where the time goes",
            "As `--verbose` has it; the start is of the interpreter and the command.",
            ("app", "start", *names),
            tuple(split),
        ),
    )


def _median(runs: list[Run], of: Callable[[Run], float]) -> float:
    return statistics.median(map(of, runs))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="runs of each app")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the report's file")
    options = parser.parse_args()
    tables = measure(options.rounds)
    names = ("black", "datamodel-code-generator", "jinja2")
    packages = ", ".join(f"{name} {version(name)}" for name in names)
    parts = [
        "# How long generating takes",
        "Written by `make bench-generation`; each figure is from one machine.",
        f"{machine(None)[:-1]}, {packages}.",
        *(table.markdown() for table in tables),
    ]
    options.output.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"\nWrote {options.output}")


if __name__ == "__main__":
    main()
