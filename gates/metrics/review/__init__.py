"""What people said of the rows that they reviewed: plans, counts, decisions, and whether a review accepts a dataset."""
