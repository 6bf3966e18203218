"""Promoting and revoking: plan, carry out, report."""
