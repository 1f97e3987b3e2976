"""An audit: the rules over whole archives, in two passes that can be cut into slices and taken up again."""
