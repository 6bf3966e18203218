"""A weight for each row of a dataset: made, judged, written and shown."""
