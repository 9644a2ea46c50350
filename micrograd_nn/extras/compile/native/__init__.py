"""Programs and trainings in C: compiled here, kept, checked and called."""
