"""An app's queue: its protocols, its sessions, and a job's way through them.

`protocol` reads messages and knows what each server version can do; it does no I/O.
`session` keeps one event stream for the jobs of a session, `session_pool` chooses the
session of a job. A ticket is one job's place:
`session_ticket` from Gradio 4.9 on, `turn_ticket` before, `direct_ticket` without a
queue; `admission` chooses.
"""
