"""False blocks, passes and power of every statistical check: laws, planted defects, trials, tables."""
