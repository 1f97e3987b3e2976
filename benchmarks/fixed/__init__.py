"""Real fixes, forward and reversed: what `benchmarks/fixes.py` is made of."""
