"""Markup, and figures as HTML and SVG, of plain values: what knows nothing of verdicts."""
