"""An app's queue: its protocols, its sessions, and the jobs in it.

`protocol` decodes messages and knows the differences between server versions, without
any I/O. `session` keeps one event stream for all jobs of a session, and `session_pool`
chooses the session of a job. A ticket is one job in the queue: `session_ticket` from
Gradio 4.9 on, `turn_ticket` before, `direct_ticket` without a queue. `admission`
chooses the kind of ticket.
"""
