"""Bytes to observations: one row per number of a raw file, with the file, sheet, row and column it stood in."""
