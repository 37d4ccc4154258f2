"""Adapters from suites of tasks to `Simulator`. Their modules are imported in environment processes only."""
