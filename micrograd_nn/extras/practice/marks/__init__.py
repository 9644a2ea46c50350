"""Marks for a class: what was handed in, points by a rubric, and pages for teacher and students."""
