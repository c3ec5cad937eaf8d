"""Raw monthly files of county offices in, a situation-analysis report for every county out."""

__version__ = "0.1.0"
