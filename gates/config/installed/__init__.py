"""What is installed beside gates, and the plugins that distributions offer."""
