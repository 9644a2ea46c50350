"""The engine doctor: what is wrong with an engine that somebody wrote, by name: ``diagnose``."""

from .diagnosis import Diagnosis, assert_engine, diagnose

__all__ = ["Diagnosis", "assert_engine", "diagnose"]
