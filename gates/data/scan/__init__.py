"""The one pass over a dataset: an index of every row and samples, as sums that merge, remembered per file."""
