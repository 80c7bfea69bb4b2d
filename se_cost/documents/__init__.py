"""What the commands find, as typed records: a record is the json that is written and read."""
