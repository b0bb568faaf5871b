"""`make bench`: our figures against the usual ways, taken on this machine, each with its promise."""
