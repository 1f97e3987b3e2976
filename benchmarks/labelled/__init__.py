"""The labelled benchmark, run: sets of patches, tools that look at them, and what the scorer makes of it."""
