"""Statistics with no knowledge of datasets: intervals, resampling, distances, classifiers."""
