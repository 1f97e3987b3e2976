"""What things are: frozen values that ride the belt, and nothing that does anything."""
