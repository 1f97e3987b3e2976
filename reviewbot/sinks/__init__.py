"""The world goes out: reports and mails in the formats people and programs read."""
