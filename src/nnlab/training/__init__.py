"""Training: feed, loop, callbacks, guards."""
