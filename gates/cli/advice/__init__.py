"""`gates advise` and `gates weights`: what rows are worth, and how much they should count."""
