"""The one event loop, and what runs beside it: callbacks, logs of updates, traces."""
