"""What the debugger is made of: names that are typed, commands that step, errors looked at."""
