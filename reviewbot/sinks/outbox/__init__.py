"""The outbox: letters on their way out, what was said before, and who asked us to be silent."""
