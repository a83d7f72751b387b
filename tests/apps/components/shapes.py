"""Endpoints whose shape or names are the point, whatever their components."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.apps.components.kit import MAJOR, asset, expose, gr, part, same

# --- Functions


def update_value(text: str) -> Any:
    return gr.update(value=f"updated {text}", label="new label")


def update_props(text: str) -> Any:
    return gr.update(label=text)


def update_choices(text: str) -> Any:
    return gr.update(choices=[text, "other"], value=text)


def update_image() -> Any:
    return gr.update(value=asset("pixel.png"), label="new label")


def update_table() -> Any:
    return gr.update(value=[[1, "a"]], headers=["n", "s"])


def new_component(text: str) -> Any:
    return gr.Textbox(value=f"new {text}", lines=2)


def skip_one(text: str) -> Any:
    """The first output stays as it is."""
    skipped = gr.skip() if hasattr(gr, "skip") else gr.update()
    return skipped, text


def by_component(text: str, total: float) -> tuple[str, float, int]:
    """State between an input and an output."""
    return text, total + 1, len(text)


def selected(text: str, event: gr.SelectData) -> Any:
    """An event's data, which a call has none of."""
    return f"{text} {event is not None}"


def with_props(component: gr.Textbox) -> Any:
    """Gradio 6 gives the whole component to a parameter that is typed as one."""
    return getattr(component, "value", component)


def with_request(text: str, request: gr.Request, progress: Any = gr.Progress()) -> str:  # noqa: B008
    return f"{text} {request is not None}"


def no_more(text: str, *rest: str) -> str:
    return " ".join([text, *rest])


def optional_files(image: str | None, file: Any | None) -> Any:
    return [image is None, file is None]


def three(first: str, second: float, third: bool) -> tuple[str, float, bool]:
    return first, second, third


def frames(n: int) -> Iterator[Any]:
    """An image, its number and an unchanged text, n times."""
    for i in range(int(n)):
        yield asset("pixel.png"), i, gr.update()


def reserved(self: str, model_config: str, api_name: str, timeout: str) -> list[str]:
    """Parameters named like things of Python, of pydantic and of clients."""
    return [self, model_config, api_name, timeout]


def many_labels(*values: Any) -> list[Any]:
    return list(values)


# --- The page

#: api_names that are no identifiers, or that mean something elsewhere.
NAMES = (
    "with-hyphen",
    "v1.predict",
    "with space",
    "ns/sub",
    "café_名前",
    "class",
    "None",
    "__dunder__",
    "_private",
    "model_config",
    "copy",
    "json",
    "schema",
    "print",
    "str",
    "Client",
    "App",
    "app",
    "submit",
    "close",
    "1st",
    "CamelCase",
    "UPPER",
    "🦊",
)
#: Labels of components, each an input and an output.
LABELS = (
    "",
    "42",
    "class",
    "model_config",
    "copy",
    "json",
    "schema",
    "astuple",
    "_leading",
    "With Spaces, and (punctuation)!",
    "same",
    "same",
    "名前",
    "🦊",
    "quo\"te\\n's",
    "line\nbreak",
)


def text(label: str | None = "Text", **options: Any) -> Any:
    return gr.Textbox(label=label, **options)


def add_names() -> None:
    for name in NAMES:
        expose(same, [text()], [text("Out")], api_name=name)
    expose(same, [text()], [text("Out")], api_name="twice")
    expose(same, [gr.Number(label="N")], [gr.Number(label="Out")], api_name="twice")
    expose(
        many_labels,
        [text(label) for label in LABELS],
        [text(label) for label in LABELS],
        api_name="labels",
    )
    expose(same, [text(None)], [text(None)], api_name="no_label")
    expose(
        reserved,
        [text(name) for name in ("self", "model_config", "api_name", "timeout")],
        [gr.JSON(label="Out")],
    )
    if MAJOR >= 6:
        label = gr.I18n(en={"greeting": "Hello"}, de={"greeting": "Hallo"})("greeting")
        expose(same, [text(label)], [text(label)], api_name="i18n_label")


def add_shapes() -> None:
    for function in (
        update_value,
        update_props,
        new_component,
        selected,
        with_request,
        with_props,
    ):
        expose(function, [text()], [text("Out")])
    expose(
        update_choices,
        [text()],
        [gr.Dropdown(["a", "b"], label="Choices")],
    )
    expose(update_image, None, [part("Image", type="filepath").make("Image")])
    expose(update_table, None, [gr.Dataframe(label="Table")])
    expose(skip_one, [text()], [text("Kept"), text("Changed")])
    total = gr.State(0)
    length = gr.Number(label="Length")
    expose(by_component, [text(), total], [text("Out"), total, length])
    expose(no_more, [text("A"), text("B"), text("C")], [text("Out")])
    expose(
        optional_files,
        [gr.Image(type="filepath", label="Image"), gr.File(label="File")],
        [gr.JSON(label="Missing")],
    )
    expose(
        three,
        [text("A"), gr.Number(label="B", value=2), gr.Checkbox(label="C")],
        [text("A"), gr.Number(label="B"), gr.Checkbox(label="C")],
    )
    image = part("Image", type="filepath").make("Image")
    number = gr.Number(label="N", precision=0)
    expose(frames, [number], [image, gr.Number(label="Index"), text("Kept")])
    expose(lambda: None, [], [], api_name="nothing")


def add_all() -> None:
    add_names()
    add_shapes()
