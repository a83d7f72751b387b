"""How values travel: JSON of them for a server's version, and back.

`codec` does it for all; the codec of a component is loaded at its first use.
"""
