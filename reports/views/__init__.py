"""Pages of what we hand on: reports and downloads, saved searches, watched entities."""
