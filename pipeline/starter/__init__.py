"""A new workspace: folders, reference tables to fill in, and the monthly job of a code host."""

from pipeline.starter.write import HOSTS, write_workspace

__all__ = ["HOSTS", "write_workspace"]
