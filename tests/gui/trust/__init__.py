"""Tests of the Trust workspace."""
