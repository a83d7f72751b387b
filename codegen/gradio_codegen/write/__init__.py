"""From the contents of a module to a checked file."""
