"""What was fetched, kept: mails for ever, threads and searches for minutes."""
