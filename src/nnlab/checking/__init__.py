"""Checking: from a configuration to a Plan, all mistakes at once, without TensorFlow."""
