"""A training whose environment fails in every way."""
