"""Signatures of statements and tags, and who may give them."""
