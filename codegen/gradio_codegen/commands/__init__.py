"""The commands: a module for each, and what they share.

A command imports what it needs when it runs, so that help and completion stay quick.
"""
