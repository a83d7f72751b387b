"""One function that is the app's work, among many that only keep its page in order.

Environment: PORT.
"""

from __future__ import annotations

import os
from typing import Any

import gradio as gr


def models() -> Any:
    return gr.Dropdown(choices=["small", "new"], value="new")


def visible(advanced: bool) -> tuple[Any, Any]:
    return gr.Column(visible=advanced), gr.Slider(visible=advanced)


def seed(random: bool, number: float) -> float:
    return 7 if random else number


def write(prompt: str, model: str, steps: float, number: float) -> tuple[str, float]:
    return f"{prompt} by {model} in {steps:g} steps", number


with gr.Blocks() as demo:
    model = gr.Dropdown(["small", "large"], value="small", label="Model")
    gr.Button("🔄").click(models, None, model, api_name="refresh")
    with gr.Tab("More") as tab:
        advanced = gr.Checkbox(label="Advanced")
        with gr.Column(visible=False) as column:
            steps = gr.Slider(1, 10, value=2, label="Steps")
    advanced.change(visible, advanced, [column, steps], api_name="toggle")
    tab.select(lambda: gr.Column(visible=True), None, column, api_name="tab")
    prompt = gr.Textbox(label="Prompt")
    random = gr.Checkbox(label="Random seed")
    number = gr.Number(3, label="Seed")
    text = gr.Textbox(label="Text")
    form = [prompt, model, steps, number]
    run = gr.Button("Generate")
    chain = run.click(seed, [random, number], number, api_name="seed")
    chain.then(write, form, [text, number], api_name="write")
    prompt.submit(write, form, [text, number], api_name="write_1")
    gr.Button("Clear").click(lambda: "", None, prompt, api_name="clear")

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
