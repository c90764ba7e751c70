"""Pages of the linkage room, by topic."""
