"""Building the message of each row."""
