"""Minutes of mixed traffic with faults, and whether anything grows: `make soak`."""
