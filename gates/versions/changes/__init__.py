"""Writes to git: objects, one commit with its tags all at once, an end for what was interrupted, and where a branch goes."""
