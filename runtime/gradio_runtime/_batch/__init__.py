"""Many rows through one endpoint: what is under way, what is repeated, what is kept."""
