"""`sitrep describe`: from one raw file to a source.toml for the analyst to finish."""
