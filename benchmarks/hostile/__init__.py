"""What a hostile app does to the healthy ones of the same process: `make bench-hostile`."""
