from tests.support.environment_processes import no_process_left

__all__ = ["no_process_left"]
