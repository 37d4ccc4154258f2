"""The building blocks of the window: they get arrays and strings, and know no trainer, thread or model."""
