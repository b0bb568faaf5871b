"""The version of the agent that the gateways of a club are to run."""
