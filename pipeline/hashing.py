"""Content hashes: what is stale is decided by them."""

import hashlib
from pathlib import Path


def digest(*parts: str) -> str:
    """Twelve hexadecimal digits of the SHA-256 of some texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def file_hash(path: Path) -> str:
    """SHA-256 of the bytes of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
