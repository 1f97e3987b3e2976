"""Work in bulk: jobs, who carries them out, and what becomes of those that kill."""
