"""gates.toml from text to checked values, each problem with its line."""
