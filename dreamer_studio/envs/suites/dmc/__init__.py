"""The suite of dm_control: tasks ``dmc:<domain>-<task>``."""
