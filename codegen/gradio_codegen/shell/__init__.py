"""Endpoints as commands of the shell: their options, values from texts, their results.

What is called is a generated module, of a file or made in memory of an app's
description, so that names and checks are the same for both.
"""
