"""Usage events over HTTP: the tracking API that client libraries speak."""
