"""Where a published number comes from, what a check found, and what changed between two snapshots."""
