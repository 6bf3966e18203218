"""Marks that a text has or not: loops, refusals, tokens of templates, broken encoding."""
