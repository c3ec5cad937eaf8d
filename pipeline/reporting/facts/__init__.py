"""Facts of an area: rows of the published tables as records, read once for all areas of an edition."""
