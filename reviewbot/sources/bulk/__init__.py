"""Stores of mail read in bulk: what is in them since a mark, and the bytes of places, troubles included."""
