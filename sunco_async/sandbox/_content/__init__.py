"""The content of messages: its nine kinds, what is checked, and what the server adds to it."""
