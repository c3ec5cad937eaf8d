"""The fictional example workspace: raw files like those that offices send, and the truth behind them."""

from pipeline.sample.write import write_sample

__all__ = ["write_sample"]
