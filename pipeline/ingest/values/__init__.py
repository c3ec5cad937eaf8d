"""What a single text means: a number, the name of an area, one spelling of many."""
