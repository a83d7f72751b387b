"""What callers hold: apps, clients, endpoints, jobs, streams and untyped calls."""
