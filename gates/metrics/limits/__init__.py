"""How a measurement meets a limit: the rule, the outcome, and its words."""
