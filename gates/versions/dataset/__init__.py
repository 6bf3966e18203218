"""What one dataset has at a version: its files, what names their bytes, and which of them are here."""
