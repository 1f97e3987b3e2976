"""The one HTTP client: polite, bounded in time and size, and believing no answer before it has looked at it."""
