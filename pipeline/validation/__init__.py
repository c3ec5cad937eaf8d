"""How well the statistics are calibrated: simulated series of known truth, held against anchors."""
