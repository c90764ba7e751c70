"""Excel tables of the reporting room, each made by a job."""
