"""The verdict as one HTML page that needs no script and asks nothing of any server."""
