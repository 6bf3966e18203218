"""What only people can judge: which rows to look at, what was said of them, and what follows."""
