"""What rows are worth to a model that learns from them: numbers from arrays, which know nothing of datasets."""
