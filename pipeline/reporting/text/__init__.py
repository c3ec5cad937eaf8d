"""Numbers, intervals and periods in words, and the templates that hold the sentences."""
