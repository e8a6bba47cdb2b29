#!/usr/bin/env python3
"""Start-up, memory and overhead of the whole program, measured from outside.

    bench/foundation.py [--binary build/release/offstage] [--rounds 15] [--requests 2000] [--json]

  start      exec of `offstage start` on the sample backend (tables already there) to the first 200 of GET /health, the C++ function
  memory     resident memory of the emulator's own process, serving, before any request
  overhead   a warm call of a Python route: what the client waits, less what the handler itself took

Medians with the range of the middle half. Linux only (reads /proc). Standard library only.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "fixtures" / "hdoc-backend" / "template.yml"

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Table: {Type: AWS::Serverless::SimpleTable}
  Empty:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.11, CodeUri: src/, Handler: app.empty, Events: {Get: {Type: Api, Properties: {Path: /empty, Method: get}}}}
  GetItem:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.11
      CodeUri: src/
      Handler: app.get_item
      Timeout: 20
      Environment: {Variables: {TABLE: !Ref Table}}
      Events: {Get: {Type: Api, Properties: {Path: /get-item, Method: get}}}
"""

# Each handler answers with the nanoseconds that its own work took.
HANDLERS = """
import os, time
def answer(start): return {"statusCode": 200, "body": str(time.perf_counter_ns() - start)}
def empty(event, context): return answer(time.perf_counter_ns())
table = None
def get_item(event, context):
    global table
    start = time.perf_counter_ns()
    if table is None:
        import boto3
        table = boto3.resource("dynamodb").Table(os.environ["TABLE"])
        table.put_item(Item={"id": "x"})
    table.get_item(Key={"id": "x"})
    return answer(start)
"""


def ask(connection, path):
    """One GET over an open connection: (status, body)."""
    connection.sendall(("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % path).encode())
    data = b""
    while b"\r\n\r\n" not in data:
        data += receive(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(re.search(rb"(?i)content-length: (\d+)", head).group(1))
    while len(body) < length:
        body += receive(connection)
    return int(head.split()[1]), body


def receive(connection):
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the emulator closed the connection")
    return data


def connect(port):
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Emulator:
    def __init__(self, binary, template, data, port):
        self.started = time.perf_counter()
        self.port = port
        self.process = subprocess.Popen([binary, "start", "-q", "--template", template, "--data", data, "--port", str(port), "--aws-port", "0"],
                                        stdout=subprocess.DEVNULL)

    def until_200(self, path):
        while True:
            if self.process.poll() is not None:
                raise SystemExit("offstage start ended with %d" % self.process.returncode)
            try:
                with connect(self.port) as connection:
                    if ask(connection, path)[0] == 200:
                        return (time.perf_counter() - self.started) * 1000
            except OSError:
                time.sleep(0.001)

    def until_listening(self):
        while True:
            try:
                connect(self.port).close()
                return
            except OSError:
                time.sleep(0.001)

    def resident_mb(self):
        status = pathlib.Path("/proc/%d/status" % self.process.pid).read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()


def summary(values):
    values = sorted(values)
    quarter = len(values) // 4
    return {"median": statistics.median(values), "low": values[quarter], "high": values[-1 - quarter], "samples": len(values)}


def measure_start(binary, rounds, folder):
    starts, memory = [], []
    for round_number in range(rounds + 1):
        emulator = Emulator(binary, SAMPLE, folder / "sample", free_port())
        took = emulator.until_200("/health")
        emulator.stop()
        idle = Emulator(binary, SAMPLE, folder / "sample", free_port())
        idle.until_listening()
        time.sleep(0.3)
        resident = idle.resident_mb()
        idle.stop()
        if round_number > 0:  # The first makes the tables and fills the page cache.
            starts.append(took)
            memory.append(resident)
    return summary(starts), summary(memory)


def measure_overhead(binary, requests, folder):
    (folder / "src").mkdir()
    (folder / "src" / "app.py").write_text(HANDLERS)
    (folder / "template.yml").write_text(TEMPLATE)
    emulator = Emulator(binary, folder / "template.yml", folder / "data", free_port())
    results = {}
    try:
        emulator.until_200("/empty")
        for path in ("/empty", "/get-item"):
            with connect(emulator.port) as connection:
                for _ in range(100):
                    ask(connection, path)
                added, handler = [], []
                for _ in range(requests):
                    start = time.perf_counter_ns()
                    status, body = ask(connection, path)
                    total = time.perf_counter_ns() - start
                    if status != 200:
                        raise SystemExit("%s answered %d: %s" % (path, status, body))
                    handler.append(int(body) / 1e6)
                    added.append((total - int(body)) / 1e6)
            results[path] = {"added_ms": summary(added), "handler_ms": summary(handler)}
    finally:
        emulator.stop()
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "build" / "release" / "offstage"))
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="offstage-bench-"))
    try:
        start, memory = measure_start(options.binary, options.rounds, folder)
        overhead = measure_overhead(options.binary, options.requests, folder)
    finally:
        shutil.rmtree(folder)
    if options.json:
        print(json.dumps({"start_ms": start, "resident_mb": memory, "overhead": overhead}, indent=2))
        return
    line = "{:<52} {median:8.2f} {unit}   ({low:.2f} to {high:.2f}, n={samples})"
    print(line.format("start to first 200 of the C++ route", unit="ms", **start))
    print(line.format("resident memory, no request served", unit="MB", **memory))
    for path, result in overhead.items():
        print(line.format("warm Python route %s: added" % path, unit="ms", **result["added_ms"]))
        print(line.format("warm Python route %s: the handler itself" % path, unit="ms", **result["handler_ms"]))


if __name__ == "__main__":
    main()
