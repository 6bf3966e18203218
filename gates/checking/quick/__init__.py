"""The quick check of a commit: rows of changed files only, in the seconds that people wait."""
