"""What a change touches: datasets, files, configuration, and what it loses."""
