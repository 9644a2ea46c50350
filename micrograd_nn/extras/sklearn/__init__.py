"""Networks as scikit-learn's estimators: ``MicrogradClassifier`` and ``MicrogradRegressor``."""

try:
    from .estimators import MicrogradClassifier, MicrogradRegressor
except ModuleNotFoundError as error:
    if str(error.name).partition(".")[0] not in ("sklearn", "numpy"):
        raise
    raise ImportError(
        "micrograd_nn.extras.sklearn needs scikit-learn: pip install scikit-learn"
    ) from None

__all__ = ["MicrogradClassifier", "MicrogradRegressor"]
