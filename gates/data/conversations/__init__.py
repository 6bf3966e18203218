"""Conversations in columns: every shape that sets of the field have, read as one list of {role, content}."""
