"""Exports of the hub: what is known of athletes as files, at once or as a task with progress."""
