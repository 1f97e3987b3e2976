"""The world comes in: mail at rest and, later, on the network."""
