"""What a promotion says: statements, revocations, tags and their grammar."""
