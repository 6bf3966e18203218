"""How human rows and synthetic rows are set beside each other: encoded alike, stratum by stratum, in paired draws."""
