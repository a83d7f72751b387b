"""Values without I/O: files, statuses, base classes, and texts that are safe to show."""
