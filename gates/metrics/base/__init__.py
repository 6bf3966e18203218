"""What every metric is made of: its definition, its measurement, and how a measurement meets a limit."""
