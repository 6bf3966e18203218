"""Who gave which item which label: agreement, habits, contradictions."""
