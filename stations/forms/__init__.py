"""Forms of the stations room: filters of the lists, and what the actions take."""
