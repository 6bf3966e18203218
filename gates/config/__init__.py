"""What the repository says of its datasets: gates.toml, the files beside it, and the data types it may name."""
