"""What texts contain: phrases of machines, boilerplate, loops, personal data."""
