"""What a written file answers, beside what this engine and 60-digit arithmetic answer to it."""
