"""What may be shown: small counts and ratios of few births are withheld here, and nowhere else."""
