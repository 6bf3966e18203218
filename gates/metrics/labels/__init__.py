"""Labels and those who gave them: agreement, rates, leakage of the origin, use for a model."""
