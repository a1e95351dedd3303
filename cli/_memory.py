"""What this process need not hold: heaps of its threads, and what only its start needed."""

import ctypes
import os
import traceback
from collections.abc import Callable

# mallopt(3): M_ARENA_MAX. By default every thread gets a heap of its own, up to eight per core, and
# what one thread has freed no other may use: the forty threads of a burst of pushes held 40 MB.
_ARENA_MAX = -8
_ARENAS = 2


def limit_arenas() -> bool:
    """Have all threads share few heaps; False where the C library knows no such thing.

    To be called before threads begin. Python's own lock lets few of them allocate at once anyway.
    """
    try:
        return bool(ctypes.CDLL(None).mallopt(_ARENA_MAX, _ARENAS))
    except (AttributeError, OSError, TypeError):
        return False


def done_apart(task: Callable[[], object]) -> bool:
    """Do it in a forked child, so that nothing of it stays here; False when it failed there.

    To be called before threads begin; what went wrong is on stderr.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            task()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            # Not sys.exit(): this is a copy of the parent, whose exit is not this one's.
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    return ended == 0
