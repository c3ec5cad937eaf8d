"""Where things stand: the verdict on each area, on a map of outlines or on tiles."""
