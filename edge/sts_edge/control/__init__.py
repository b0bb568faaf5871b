"""The agent's Unix socket, through which `sts-edge status` and `tail` see it: one JSON object a line.

    {"do": "status"}                         -> one line: {"schema": "sts.edge.status/1", ...}
    {"do": "tail", "sensors": ["hr-01"]}     -> a line for each packet: {"schema": "sts.edge.tail/1", ...}
    anything else                            -> {"error": "a sentence"}

Whoever may open the socket may ask: the agent's user and group (mode 0660). Nothing can be changed over it.
"""
