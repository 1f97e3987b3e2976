"""C as far as it can be seen: images of files, their outlines, and what a series changes in them."""
