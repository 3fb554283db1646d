"""Whole processes of nnlab measured against hand-written Keras scripts: `make bench`."""
