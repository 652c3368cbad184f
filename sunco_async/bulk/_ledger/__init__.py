"""The ledger of a bulk run: what was to be sent, and what is known of it."""
