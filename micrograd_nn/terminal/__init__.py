"""What one does with a graph at a terminal: expressions, commands, the stepper."""
