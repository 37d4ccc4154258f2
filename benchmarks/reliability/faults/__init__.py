"""A training whose environment fails in many ways."""
