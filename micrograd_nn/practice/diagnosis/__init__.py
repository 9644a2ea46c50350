"""The engine doctor: what is wrong with an engine that somebody wrote, by name: ``diagnose``."""

from .diagnosis import Diagnosis, diagnose

__all__ = ["Diagnosis", "diagnose"]
