"""Alerts of the hub: rules over what is measured, tried on the past, watched live, told until somebody has seen them."""
