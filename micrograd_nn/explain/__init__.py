"""One gradient explained: what adds up to it, along which paths, by which formula, and a check."""

from .explanation import Explanation, explain

__all__ = ["Explanation", "explain"]
