"""Spaces of the Hugging Face Hub: find their host, wait until they run, copy them.

`huggingface_hub` is imported when a Space is first used: its import takes longer than
that of the whole runtime. Its calls block, so the loop runs them in threads.
"""
