"""The operating system: processes, signals, streams, libraries, logs."""
