"""Asking a metadata API."""
