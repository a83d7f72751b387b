"""What `Endpoint.map` must show: `make bench-batch`, which writes BATCH.md."""
