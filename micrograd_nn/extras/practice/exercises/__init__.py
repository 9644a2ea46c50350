"""Exercises with numbers that can be done by hand, checked by the engine: ``make_exercise``."""

from .exercise import Exercise, Miss, Verdict
from .topics import TOPICS, make_exercise, make_exercises

__all__ = ["TOPICS", "Exercise", "Miss", "Verdict", "make_exercise", "make_exercises"]
