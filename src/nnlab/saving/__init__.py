"""Saving: models on disk, written aside and proved; foreign model files, looked at before they are opened."""
