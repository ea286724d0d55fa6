"""Scoring of the product against labeled data: pure, outside the product path."""
