"""Ways out: how a mail that is finished gets to a server, a program or a folder."""
