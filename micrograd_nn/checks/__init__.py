"""What derivatives are checked by: other ways of computing them, and exact arithmetic."""
