"""Configuration: files in TOML become a `Config`, and a `Config` becomes the `Kit` of a review.

Law: everything a user may set is checked before anything runs, and a complaint names file and key.
Must not know commands.
"""

from reviewbot.config.load import Config, load

__all__ = ["Config", "load"]
