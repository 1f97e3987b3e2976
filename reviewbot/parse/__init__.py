"""Bytes become values; bad input becomes a Problem, never an exception."""
