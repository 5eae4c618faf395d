"""The command line: thin, no logic. One module a group of commands."""
