"""Write the expected modules of `tests/golden` again, and the config's JSON Schema.

    python -m tests.codegen.regen            # all of them
    python -m tests.codegen.regen wire6      # one

Each folder has a `description.json` (as `gradio-codegen save` writes it), and gets
`expected.py` and `diagnostics.txt`, and some get a `package` with what stands beside the
module in one. `--captures FOLDER` makes the descriptions of
`wire*` anew from captures of `/config` and `/info` (`FOLDER/g6/config.json` …), and
`--live` those of `components*` from the app of that name on real servers.
Look at the difference before you commit it: users will see the same one.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from gradio_codegen.api import GeneratedModule, generate_from, read
from gradio_codegen.descriptions.spec import AppSpec, dumps, loads
from gradio_codegen.options import BuildOptions
from gradio_codegen.write.package import package_in

from tests.support.environments import VERSIONS
from tests.support.servers import GradioServer

FOLDER = Path(__file__).resolve().parents[1] / "golden"

#: Options of the cases that are not generated with the defaults.
OPTIONS: Mapping[str, BuildOptions] = {
    "wire3": BuildOptions(all_endpoints=True),
    "wire4": BuildOptions(nullable_outputs=True, exclude=("gen_*",)),
    "wire6": BuildOptions(all_endpoints=True, class_name="WireClient"),
}


#: Cases with a package, whose module and description are the others'.
PACKAGES = ("calculator", "hostile")


def cases() -> list[str]:
    return sorted(path.parent.name for path in FOLDER.glob("*/description.json"))


def generate_case(name: str) -> GeneratedModule:
    text = (FOLDER / name / "description.json").read_text(encoding="utf-8")
    return generate_from(loads(text, name), OPTIONS.get(name))


def package_files(name: str) -> dict[Path, str]:
    """The texts of a case's package, by their paths in it."""
    folder = FOLDER / f"acme-{name}"
    package = package_in(folder)
    options = OPTIONS.get(name, BuildOptions())
    spec = loads((FOLDER / name / "description.json").read_text("utf-8"), name)
    module = generate_from(spec, options, output=str(package.file))
    files = package.files(module.code, module.spec, options)
    return {path.relative_to(folder): text for path, text in files.items()}


def beside(files: Mapping[Path, str]) -> dict[str, str]:
    """Those at the top of a package: what is no copy of another golden."""
    return {path.name: text for path, text in files.items() if len(path.parts) == 1}


def diagnostics(module: GeneratedModule) -> str:
    return "".join(f"{item}\n" for item in module.diagnostics)


def read_live(major: int) -> None:
    """Save the description of the components app, as a server has it."""
    with GradioServer("components/app", major) as server:
        spec = replace(read(server.url), source="gradio/components")
    save(spec, f"components{major}")


def save(spec: AppSpec, name: str) -> None:
    target = FOLDER / name / "description.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(dumps(spec), encoding="utf-8")


def capture(folder: Path, version: str) -> None:
    """Save the description of a captured app."""
    config, info = (
        json.loads((folder / f"g{version}" / name).read_text(encoding="utf-8"))
        for name in ("config.json", "info_all.json")
    )
    spec = AppSpec.from_raw("http://127.0.0.1:7860", config, info)
    save(spec, f"wire{version}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the expected modules again.")
    parser.add_argument("cases", nargs="*", help="folders of tests/golden")
    parser.add_argument("--captures", type=Path, metavar="FOLDER")
    parser.add_argument("--live", action="store_true")
    arguments = parser.parse_args()
    if arguments.captures is not None:
        for version in ("3", "4", "5", "6"):
            capture(arguments.captures, version)
    if arguments.live:
        for major in VERSIONS:
            read_live(major)
    for name in arguments.cases or cases():
        module = generate_case(name)
        (FOLDER / name / "expected.py").write_text(module.code, encoding="utf-8")
        (FOLDER / name / "diagnostics.txt").write_text(
            diagnostics(module), encoding="utf-8"
        )
        if name in PACKAGES:
            for file, text in beside(package_files(name)).items():
                path = FOLDER / name / "package" / file
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
        print(f"{name}: {len(module.code.splitlines())} lines")


if __name__ == "__main__":
    main()
