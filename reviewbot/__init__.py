"""reviewbot: deterministic review of Linux-kernel patch series that travel by mail."""

__version__ = "0.1.0"
