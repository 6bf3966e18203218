"""Datasets judged at a version: what it has, what changed, what was judged before, and the verdict."""
