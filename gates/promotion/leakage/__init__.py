"""Evaluation rows in promoted training sets."""
