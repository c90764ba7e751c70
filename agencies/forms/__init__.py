"""Forms of the agencies room. Domain checks are those of the actions; forms turn text into values."""
