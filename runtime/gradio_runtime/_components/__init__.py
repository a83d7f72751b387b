"""What is known of Gradio's components: one record each, and how values travel.

`registry` has the records, which load nothing else; `codec` turns values into what the
server reads and back, with the codecs of single components loaded at their first use.
"""
