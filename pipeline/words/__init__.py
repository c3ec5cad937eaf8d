"""Months, numbers, intervals and findings in words, and the catalogues of the languages."""
