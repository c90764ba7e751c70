"""Pages of the stations room."""
