"""What human and synthetic rows are worth to a model that learns from them, and how much each should count."""
