"""Openly licensed rows that other people wrote, measured or judged, of every data type, read from packages."""
