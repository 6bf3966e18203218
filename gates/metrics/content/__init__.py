"""What texts contain: marks of machines, boilerplate, loops, personal data."""
