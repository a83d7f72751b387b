"""What is known of Gradio's components: one record each, which imports nothing else."""
