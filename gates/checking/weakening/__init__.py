"""Whether a change lets rows pass that failed before: its configuration set against that of the version before."""
