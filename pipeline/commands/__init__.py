"""One module per command: what it says on the terminal, and its exit status."""
