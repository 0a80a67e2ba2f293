"""What is done with a service's events; each act is part of its caller's transaction."""
