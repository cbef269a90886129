"""What goes wrong during the soak: each takes the platform, its workers and the dice."""

import os
import signal
import time

import psutil
import redis


def kill_a_child(platform, workers, draw):
    """kill -9 of one pool process in the middle of its task."""
    for child in psutil.Process(workers.one(draw).pid).children():
        child.kill()
        return


def kill_a_worker(platform, workers, draw):
    """kill -9 of a worker with all its children."""
    os.killpg(workers.one(draw).pid, signal.SIGKILL)


def freeze_a_worker(platform, workers, draw):
    """SIGSTOP for a while: it goes on with what is no longer its own."""
    group = workers.one(draw).pid
    os.killpg(group, signal.SIGSTOP)
    time.sleep(6)
    os.killpg(group, signal.SIGCONT)


def kill_a_scheduler(platform, workers, draw):
    os.killpg(workers.running[draw.choice(["beat-1", "beat-2"])][0].pid, signal.SIGKILL)


def kill_a_web_worker(platform, workers, draw):
    draw.choice(psutil.Process(platform.web_pid).children()).kill()


def kill_postgres(platform, workers, draw):
    """kill -9 of the postmaster and its children; the keeper starts it again."""
    pid = int((platform.var / "postgres/postmaster.pid").read_text().split()[0])
    for process in [psutil.Process(pid), *psutil.Process(pid).children()]:
        process.kill()


def empty_redis(platform, workers, draw):
    _redis(platform).flushall()


def kill_redis(platform, workers, draw):
    os.kill(_redis(platform).info("server")["process_id"], signal.SIGKILL)


def _redis(platform):
    return redis.Redis.from_url(platform.redis_url, socket_timeout=5)


FAULTS = (
    kill_a_child,
    kill_a_worker,
    freeze_a_worker,
    kill_a_scheduler,
    kill_a_web_worker,
    kill_postgres,
    empty_redis,
    kill_redis,
)
