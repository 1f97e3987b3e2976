"""What `benchmarks/crashes.py` sends to."""
