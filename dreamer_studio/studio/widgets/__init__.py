"""The building blocks of the window. They take arrays and strings, and know no trainer, thread or model."""
