"""The filter language of the metadata API."""
