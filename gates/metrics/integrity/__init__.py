"""Are the rows what they claim to be: origins, lineage, row rules, aligned partitions."""
