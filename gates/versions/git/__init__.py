"""What git answers: commands, the sense of its endings, blobs, authors and reviewers, and where submodules stand."""
