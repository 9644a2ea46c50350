"""Questions about graphs and trainings: what changed, what if, and why it went wrong."""
