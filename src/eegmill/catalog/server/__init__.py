"""The metadata API as a web service."""
