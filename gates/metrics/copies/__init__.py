"""Copies: of human rows, within an origin, and of evaluation sets."""
