"""What the program asks of the operating system: processes, signals, streams, libraries, logs."""
