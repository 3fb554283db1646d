"""Why a model file is not opened."""


class Refusal(ValueError):
    """What in a model file could run code, read other files or fill the memory; the message says it without the path."""
