"""Tests of the worker that judges."""
