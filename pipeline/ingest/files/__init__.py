"""Raw files to their tables: listed, opened, read apart from each other, kept in a cache."""
