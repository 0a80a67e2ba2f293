"""The city's front door: `/` says what this is, to each of those who come."""
