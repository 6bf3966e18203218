"""What reviews by people promise, set against what comes of them: intervals, acceptance plans, machines in people's place."""
