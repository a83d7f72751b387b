"""A stand-in for the Space gradio/calculator."""

import operator
import os

import gradio as gr

OPERATIONS = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
}


def predict(num1: float, operation: str, num2: float) -> float:
    """Run one arithmetic operation on two numbers."""
    if operation == "divide" and num2 == 0:
        raise gr.Error("Cannot divide by zero!")
    result: float = OPERATIONS[operation](num1, num2)
    return result


demo = gr.Interface(
    predict,
    [
        gr.Number(label="num1"),
        gr.Radio(list(OPERATIONS), label="operation"),
        gr.Number(label="num2"),
    ],
    gr.Number(label="output"),
    api_name="predict",
)

if __name__ == "__main__":
    demo.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
