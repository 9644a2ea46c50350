"""What asks a written file, run without this package by what the file is for."""
