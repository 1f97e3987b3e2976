"""Mail archives that public-inbox serves over HTTP: lore.kernel.org and its kin."""
