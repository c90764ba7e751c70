"""Forms of the linkage room. They read the request; the actions judge what it says."""
