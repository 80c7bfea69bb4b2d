"""Who starts what: workers, the quick and the full protocol, and several timings in a row."""
