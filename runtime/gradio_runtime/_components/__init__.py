"""What is known of Gradio's components: one record each, which loads nothing else."""
