"""Rules on single rows: asked of batches through pandera, counted, converted, and kept in quarantine."""
