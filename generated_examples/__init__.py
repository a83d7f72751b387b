"""Modules as gradio-codegen writes them, for five apps, and a pipeline of two."""
