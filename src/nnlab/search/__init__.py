"""A search: Optuna proposes which networks to try next, nnlab tries them as it does those of a sweep."""
