"""Compares datasets between two versions, and over all of them: files, rows, stored outcomes."""
