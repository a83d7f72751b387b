"""From a request to its result: connect, prepare, run, read and cancel."""
