"""What git answers: commands, the sense of its endings, blobs, and the commits that submodules stand at."""
