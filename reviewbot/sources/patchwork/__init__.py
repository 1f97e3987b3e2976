"""Patchwork servers: series, patches and lists of patches by its REST API."""
