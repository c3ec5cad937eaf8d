"""Statistics: intervals of counted figures, and the trend and band of what lies behind them."""
