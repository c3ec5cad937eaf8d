"""The step: a published snapshot to `_site/<edition>`: what is stale, the manifest, the data files."""
