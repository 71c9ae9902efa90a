"""The front door: a study of one dataset, and results that know what they were computed from."""
