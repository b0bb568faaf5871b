"""Whether all that a gateway recorded in a time range has arrived, and the word for what has not."""
