#!/usr/bin/env python3
"""A Silo node in one file of Python, standard library only.

    python3 silo_worker.py --server http://127.0.0.1:7070 --name py-1 --slots 4

Write your own by calling Worker(...).run() with a dictionary of handlers: a handler is a function of (payload, context) that returns what
becomes the task's JSON result. Raise TaskFailed to fail with a code; look at context.cancelled now and then when you run for long.
"""
import argparse
import json
import os
import queue
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone


class TaskFailed(Exception):
    """A handler's designed failure."""

    def __init__(self, code, message, retry=True):
        super().__init__(message)
        self.code, self.retry = code, retry


class Context:
    """What a handler knows of its attempt."""

    def __init__(self, task):
        self.id, self.attempt = task["id"], task["attempt"]
        self.idempotency_key = task["idempotencyKey"]
        self.cancelled = threading.Event()


class Held:
    """One sending of an attempt that this worker holds until the server has answered its report or its give-back."""

    def __init__(self, task):
        self.task, self.context = task, Context(task)
        self.started_at = None
        self.report = None
        self.returned = False

    @property
    def key(self):
        return self.task["id"], self.task["attempt"], self.task["dispatch"]

    @property
    def name(self):
        return dict(zip(("id", "attempt", "dispatch"), self.key))


class Worker:
    def __init__(self, server, name, slots, handlers, api_key=None, on_event=None):
        self.base = f"{server.rstrip('/')}/api/v1/nodes/{name}/"
        self.name, self.slots, self.handlers, self.api_key = name, slots, handlers, api_key
        self.on_event = on_event or (lambda event, task, **more: None)
        self.instance = uuid.uuid4().hex
        self.lock = threading.RLock()
        self.pool = ThreadPoolExecutor(slots)
        self.outbox = queue.SimpleQueue()
        self.stopping = threading.Event()
        self.begin(None)

    def run(self):
        """Works until stop() is called, then gives back what has not started and waits for what has."""
        loops = [threading.Thread(target=loop, daemon=True) for loop in (self.lease_loop, self.beat_loop, self.complete_loop)]
        self.register()
        for loop in loops:
            loop.start()
        self.stopping.wait()
        while self.incarnation is not None:
            if self.call("leave", incarnation=self.incarnation).get("status") in ("ok", "fenced"):
                break
            time.sleep(0.2)
        self.pool.shutdown()

    def stop(self, *_):
        self.stopping.set()

    # One incarnation: everything held under it, and the numbers of its conversation.

    def begin(self, incarnation):
        with self.lock:
            for held in getattr(self, "held", {}).values():
                held.context.cancelled.set()
            self.incarnation, self.held = incarnation, {}
            self.lease, self.last_lease, self.inventories, self.term = 1, 0, 0, getattr(self, "term", 0) + 1
            self.lease_ends = 0.0

    def register(self):
        pause = 0.1
        while not self.stopping.is_set():
            sent = time.monotonic()
            answer = self.call("register", **self.registration())
            if answer.get("status") == "ok":
                self.begin(answer["incarnation"])
                self.lease_seconds, self.beat_seconds = answer["leaseSeconds"], answer["beatIntervalSeconds"]
                self.lease_ends = sent + self.lease_seconds
                return
            time.sleep(pause)
            pause = min(2.0, pause * 2)

    def registration(self):
        return {"instance": self.instance, "slots": self.slots, "types": sorted(self.handlers), "kind": "python"}

    def settle(self, answer, term):
        """Acts on a status that any call can get. True when the call was done."""
        status = answer.get("status")
        with self.lock:
            if term != self.term:
                return False
            if status == "fenced":
                self.register()
            elif status == "inventory_wanted":
                self.adopt()
        self.obey(answer.get("orders") or {})
        return status == "ok"

    def adopt(self):
        """Tells a server that is new what is held here. Answers to leases asked for before are dropped: the inventory did not name their tasks."""
        self.term += 1
        term = self.term
        while term == self.term and not self.stopping.is_set():
            # What was given back may have been passed on by the former server, so it is no longer ours to name.
            self.held = {key: held for key, held in self.held.items() if not held.returned}
            self.inventories += 1
            held = [{"task": {**held.task, "payload": None}, "returned": held.report is not None} for held in self.held.values()]
            answer = self.call("adopt", registration=self.registration(), incarnation=self.incarnation, number=self.inventories, held=held)
            if answer.get("status") == "ok":
                self.lease, self.last_lease = 1, 0
                self.term += 1
                return
            if answer.get("status") == "fenced":
                self.register()
                return
            time.sleep(0.2)

    # The three loops.

    def lease_loop(self):
        while not self.stopping.is_set():
            with self.lock:
                term, number, incarnation, room = self.term, self.lease, self.incarnation, self.slots - self.busy()
            if room <= 0:
                time.sleep(0.01)
                continue
            answer = self.call("lease", timeout=15, incarnation=incarnation, number=number, max=room, waitSeconds=5)
            with self.lock:
                if term != self.term:
                    continue
                tasks = answer.get("tasks") or []
                if answer.get("status") == "out_of_order":
                    self.lease = answer["number"]
                elif tasks:
                    self.last_lease, self.lease = number, number + 1
                    for task in tasks:
                        self.accept(Held(task))
            if not self.settle(answer, term):
                time.sleep(0.1)

    def beat_loop(self):
        while True:
            sent = time.monotonic()
            with self.lock:
                term, incarnation, last = self.term, self.incarnation, self.last_lease
                running = [held for held in self.held.values() if held.started_at is not None and held.report is None]
                started = [{"id": held.task["id"], "attempt": held.task["attempt"], "runningForSeconds": sent - held.started_at}
                           for held in running if sent - held.started_at > 1]
            self.end_overdue(running)
            answer = self.call("beat", incarnation=incarnation, running=len(running), started=started, lastLease=last)
            if self.settle(answer, term):
                self.lease_ends = max(self.lease_ends, sent + self.lease_seconds)
            time.sleep(max(0.0, sent + self.beat_seconds - time.monotonic()))

    def complete_loop(self):
        while True:
            batch = [self.outbox.get()]
            while len(batch) < 256 and not self.outbox.empty():
                batch.append(self.outbox.get())
            self.send(batch)

    def send(self, batch):
        while True:
            with self.lock:
                batch = [held for held in batch if self.held.get(held.key) is held]
                term, incarnation = self.term, self.incarnation
            if not batch:
                return
            reports = [held for held in batch if not held.returned]
            answer = self.call("complete", incarnation=incarnation, reports=[held.report for held in reports],
                               returned=[held.name for held in batch if held.returned])
            if self.settle(answer, term):
                with self.lock:
                    for held in batch:
                        self.held.pop(held.key, None)
                for held, one in zip(reports, answer["answers"]):
                    self.on_event("answered", held.task, answer=one["answer"], state=one.get("state"))
                return
            time.sleep(0.1)

    # Tasks.

    def busy(self):
        return sum(1 for held in self.held.values() if held.report is None and not held.returned)

    def accept(self, held):
        if held.key not in self.held:
            self.held[held.key] = held
            self.pool.submit(self.execute, held)

    def obey(self, orders):
        wanted = set(orders.get("recall") or []) | set(orders.get("cancel") or [])
        with self.lock:
            for held in list(self.held.values()):
                if held.task["id"] in wanted and held.started_at is None and not held.returned:
                    self.give_back(held)
                elif held.task["id"] in (orders.get("cancel") or []):
                    held.context.cancelled.set()

    def give_back(self, held):
        held.returned = True
        self.outbox.put(held)

    def execute(self, held):
        with self.lock:
            if self.held.get(held.key) is not held or held.returned:
                return
            # A worker that the server may think dead starts nothing: its task may run elsewhere by now.
            if self.stopping.is_set() or time.monotonic() > self.lease_ends:
                self.give_back(held)
                return
            held.started_at = time.monotonic()
        self.on_event("started", held.task)
        report = {**held.name, "end": "succeeded"}
        try:
            report["result"] = self.handlers[held.task["type"]](held.task.get("payload"), held.context)
            json.dumps(report["result"])
        except TaskFailed as failed:
            report.update(end="failed" if failed.retry else "failed_for_good", result=None, error={"code": failed.code, "message": str(failed)})
        except Exception as failed:
            report.update(end="failed", result=None, error={"code": "handler_failed", "message": f"{type(failed).__name__}: {failed}"[:4000]})
        if held.context.cancelled.is_set() and report["end"] != "succeeded":
            report["end"] = "cancelled"
        self.report(held, report)

    def report(self, held, report):
        """The first report of an execution counts: one that comes after its time-out is dropped."""
        with self.lock:
            if held.report is not None:
                return
            held.report = {**report, "ranSeconds": time.monotonic() - held.started_at}
        self.on_event("ended", held.task, end=report["end"])
        self.outbox.put(held)

    def end_overdue(self, running):
        """A thread cannot be killed: its task is reported as timed out, and the thread keeps its place in the pool until it returns."""
        for held in running:
            if time.monotonic() - held.started_at > held.task["timeoutSeconds"]:
                held.context.cancelled.set()
                self.report(held, {**held.name, "end": "timed_out", "error": {"code": "timeout", "message": "The attempt ran out of its time."}})

    def call(self, what, timeout=10, **body):
        """One call of the protocol; an empty answer stands for none, which says nothing about whether it was done."""
        headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {self.api_key}"} if self.api_key else {})}
        request = urllib.request.Request(self.base + what, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as response:
                return json.load(response)
        except urllib.error.HTTPError as refusal:
            if refusal.code in (400, 401, 403, 404, 413, 415, 422):
                print(f"The server refuses {what}: {refusal.read().decode()}", file=sys.stderr)
                os._exit(1)
            return {}
        except (OSError, ValueError):
            return {}


def echo(payload, context):
    return payload


def sleep(payload, context):
    if context.cancelled.wait(payload["milliseconds"] / 1000):
        raise TaskFailed("cancelled", "The sleep was cut short.")
    return {"milliseconds": payload["milliseconds"]}


def ledger(path, node):
    """Appends one line per event to a file, each with one write, so that a killed worker leaves whole lines."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(event, task, **more):
        line = {"event": event, "node": node, "process": os.getpid(), "task": task["id"], "type": task["type"], "queue": task["queue"],
                "attempt": task["attempt"], "at": datetime.now(timezone.utc).isoformat(), "monotonic_microseconds": time.monotonic_ns() // 1000, **more}
        os.write(file, (json.dumps({key: value for key, value in line.items() if value is not None}) + "\n").encode())

    return write


if __name__ == "__main__":
    options = argparse.ArgumentParser(description="A Silo node with the handlers echo and sleep.")
    options.add_argument("--server", default="http://127.0.0.1:7070")
    options.add_argument("--name", default=f"py-{os.uname().nodename}".lower())
    options.add_argument("--slots", type=int, default=os.cpu_count())
    options.add_argument("--api-key", default=os.environ.get("SILO_API_KEY"))
    options.add_argument("--ledger", metavar="FILE", help="append what is started, ended and answered to this file")
    given = options.parse_args()
    worker = Worker(given.server, given.name, given.slots, {"echo": echo, "sleep": sleep}, given.api_key,
                    ledger(given.ledger, given.name) if given.ledger else None)
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, worker.stop)
    worker.run()
