"""Rules on single rows: run on batches through pandera, counted, converted, and kept in quarantine."""
