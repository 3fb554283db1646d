"""Why a model file is not opened."""


class Refusal(ValueError):
    """What in a model file could run code, read files or fill the memory; the message leaves the path out."""
