"""The overview of an edition, put together."""
