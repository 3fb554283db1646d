"""Predicting: files as people have them into raw samples, and the network's output into words."""
