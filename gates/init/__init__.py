"""First set-up: what a dataset is, guessed, and drafts of its rules."""
