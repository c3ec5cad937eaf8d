"""The page of one area, put together: key figures, tables, sections."""
