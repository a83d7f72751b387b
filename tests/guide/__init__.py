"""The guide of Gradio's own Python client, block by block, in both of our forms.

`test_untyped.py` is the guide's code with another import line; `test_typed.py` says the
same with generated modules. Both have the same cases: `pytest tests/guide -v` lists them.
"""
