"""Folders in which timing computers and people leave files: each complete file goes to the hub as a document.

source   all folders
folder   one of them: looks, and sends what is complete
settling which files have stopped changing
look     what lies in a folder now
open_files  whether somebody writes into a file
spool    a copy that no longer changes
sent     what was sent, across restarts
"""

from .source import FolderSource

__all__ = ["FolderSource"]
