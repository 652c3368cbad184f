"""What every room needs and nothing above it: credentials, settings, quoting, timers. Private."""
