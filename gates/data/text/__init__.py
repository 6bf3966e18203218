"""The token stream of texts, and what is read from it."""
