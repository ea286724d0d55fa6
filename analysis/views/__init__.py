"""Pages of finding, entities and judging."""
