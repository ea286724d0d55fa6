"""A desk's worth of made-up articles, to measure pages at the size of 100,000 or a million."""
