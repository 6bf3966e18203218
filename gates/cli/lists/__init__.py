"""`gates list`: what there is to ask for, on the terminal and as pages of the documentation."""
