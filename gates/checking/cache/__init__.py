"""What earlier runs found out, kept below .gates."""
