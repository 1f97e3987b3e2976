"""One file per rule, and nothing else; a rule's module name with dashes is its id."""
