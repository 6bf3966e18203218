"""`gates check`: one call parsed, run on one dataset or many, printed."""
