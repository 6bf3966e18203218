"""`gates diff`: two versions, or all of them."""
