"""Exercises as files: sheets to print, pages, quizzes for other programs; ``quiz_page``."""

from .page import quiz_page

__all__ = ["quiz_page"]
