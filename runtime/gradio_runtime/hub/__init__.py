"""Spaces of the Hugging Face Hub: where they are served, whether they run, copies.

`huggingface_hub` is imported when a Space is used and not before: it takes longer to
import than the rest of the runtime together. It blocks, so the loop asks it in threads.
"""
