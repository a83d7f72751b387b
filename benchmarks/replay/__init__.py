"""Streams at a fixed pace from a server without Gradio: what the client alone costs."""
