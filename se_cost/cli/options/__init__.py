"""The options of the commands: each is one line of a table, a table for each record they fill."""
