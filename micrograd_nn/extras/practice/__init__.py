"""Practice: exercises, sheets and quizzes made of them, and the doctor of one's own engine."""
