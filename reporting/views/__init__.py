"""Pages of the reporting room, by topic."""
