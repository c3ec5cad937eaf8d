"""Observations to counts, indicators, findings and completeness: the SQL files of `sql/`, in order."""
