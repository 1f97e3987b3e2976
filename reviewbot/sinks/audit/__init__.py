"""Reports of an audit: what was found in whole archives, for people (HTML, Markdown) and for programs."""
