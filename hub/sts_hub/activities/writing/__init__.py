"""Writers of activity files and tables: one neutral activity in, bytes out. Pure: no I/O, no clock."""
