"""Pages of submitting, listing and reading."""
