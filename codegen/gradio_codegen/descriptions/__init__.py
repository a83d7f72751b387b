"""From an app or a saved file to a description, checked and reduced."""
