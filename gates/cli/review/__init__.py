"""`gates review`: what only people can judge."""
