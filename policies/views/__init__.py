"""Pages of the policies room: documents, what is in force, the official calendar."""
