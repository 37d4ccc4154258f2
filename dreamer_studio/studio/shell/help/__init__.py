"""The Help window: guide, glossary and keys."""
