"""Activities of athletes: files of watches and head units read, kept beside what sensors told, and written again."""
