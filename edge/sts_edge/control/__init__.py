"""The agent's Unix socket, through which `sts-edge status` and `tail` see it: one JSON object a line.

    {"do": "status"}                         -> one line: {"schema": "sts.edge.status/1", ...}
    {"do": "tail", "sensors": ["hr-01"]}     -> a line for each packet: {"schema": "sts.edge.tail/1", ...}
    {"do": "scan"}                           -> one line: sensors near here, registered or not: sts.edge.near/1
    {"do": "reload"}                         -> reads the settings again; one line, what came of it: sts.edge.reload/1
    {"do": "purge", "dry_run": true}         -> drops what waits, declared; one line, what is lost: sts.edge.purge/1
    anything else                            -> {"error": "a sentence"}

Whoever may open the socket may ask and order: the agent's user and group (mode 0660).
"""
