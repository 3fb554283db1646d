"""Models: families of networks, their arithmetic, and building them in Keras."""
