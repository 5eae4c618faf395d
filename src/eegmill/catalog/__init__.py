"""The metadata API: models, filters, stores, client, server. Knows nothing of signals."""
