"""One dataset a file; the folder is the list of them."""
