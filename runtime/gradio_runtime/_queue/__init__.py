"""An app's queue: its protocols, its sessions, and the jobs in it.

`messages` decodes what comes, without any I/O. `session` keeps one event stream for all
jobs of a session, and `session_pool` chooses the session of a job. An entry is one job
in the queue: in a `shared_stream` from Gradio 4.9 on, in an `own_stream` before, or
`unqueued`; `entries` chooses. `phase` says how far a job is.
"""
