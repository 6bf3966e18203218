"""Values that a column writes as text: numbers, times and yes or no, read in one way for the whole column."""
