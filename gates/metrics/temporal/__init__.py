"""Order in time: series, transitions, autocorrelation."""
