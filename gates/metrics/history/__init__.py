"""Against the version promoted before: what was lost, and what got worse."""
