"""Independent random streams: one for each purpose and place, so that adding a county changes no other."""

import zlib

import numpy as np


def generator(seed: int, purpose: str, *indices: int) -> np.random.Generator:
    """A generator that depends on nothing but its arguments."""
    key = (zlib.crc32(purpose.encode()), *indices)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy=seed, spawn_key=key)))
