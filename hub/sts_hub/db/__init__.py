"""The database: migrations from SQL files, pools, and SQL kept in files by name."""
