"""A report as slides: what stands on each, and the files they are made into."""
