"""Whole datasets with known answers, sound ones and planted defects, and how gates and other tools answer."""
