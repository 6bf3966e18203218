"""Do synthetic rows follow the law of human rows: distributions, associations, diversity, coverage, separability."""
