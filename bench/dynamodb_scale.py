#!/usr/bin/env python3
"""DynamoDB with a large table against a small one, in one run on the same server.

    bench/dynamodb_scale.py [--binary build/release/offstage] [--items 5000000] [--seconds 5] [--rounds 3] [--keep FOLDER]

  rates      GetItem, Query (ten items) and PutItem by wrk at 1 and 16 connections, on 10,000 items and on all, in turn
  scan       every page of the large table, and how the server's memory grows meanwhile
  start      exec to the first answer, with an empty database and with the large one

Needs wrk, and about 1.5 times the data's size on disk (3 GB of items by default). Linux only (reads /proc).
--keep leaves the data in a folder, and takes it from there the next time. Standard library only.
"""
import argparse
import http.client
import json
import multiprocessing
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
SMALL = 10_000
PER_PARTITION = 10
NOTE = ("abcdefghijklmnopqrstuvwxyz012345" * 20)[:480]

WRK = """
local count, table_name, operation = tonumber(os.getenv("COUNT")), os.getenv("TABLE"), os.getenv("OPERATION")
local note = string.rep("abcdefghijklmnopqrstuvwxyz012345", 20):sub(1, 480)
local bodies = {
  GetItem = function(i) return string.format('{"TableName":"%s","Key":{"pk":{"S":"p#%07d"},"sk":{"S":"s#%d"}}}',
    table_name, math.floor(i / 10), i % 10) end,
  Query = function(i) return string.format('{"TableName":"%s","KeyConditionExpression":"pk = :p",' ..
    '"ExpressionAttributeValues":{":p":{"S":"p#%07d"}}}', table_name, math.floor(i / 10)) end,
  PutItem = function(i) return string.format('{"TableName":"%s","Item":{"pk":{"S":"p#%07d"},"sk":{"S":"s#%d"},' ..
    '"n":{"N":"%d"},"note":{"S":"%s"}}}', table_name, math.floor(i / 10), i % 10, i, note) end,
}
function init(args) math.randomseed(os.time()) end
function request()
  return wrk.format("POST", "/", {["Content-Type"] = "application/x-amz-json-1.0",
    ["X-Amz-Target"] = "DynamoDB_20120810." .. operation}, bodies[operation](math.random(0, count - 1)))
end
function done(summary, latency, requests)
  io.write(string.format("RESULT %d %.1f\\n", summary.errors.status, summary.requests / (summary.duration / 1e6)))
end
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, binary, data):
        self.port = free_port()
        started = time.perf_counter()
        self.process = subprocess.Popen([binary, "start", "--no-template", "-q", "--data", data, "--aws-port", str(self.port)],
                                        stdout=subprocess.DEVNULL)
        while True:
            try:
                if self.ask("ListTables", {})[0] == 200:
                    break
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit("offstage start ended with %d" % self.process.returncode)
                time.sleep(0.001)
        self.start_ms = (time.perf_counter() - started) * 1000

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def ask(self, operation, request):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("POST", "/", json.dumps(request), headers(operation))
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body

    def call(self, operation, request):
        status, body = self.ask(operation, request)
        if status != 200:
            raise SystemExit("%s: %s" % (operation, body))
        return json.loads(body)

    def memory_mb(self):
        """Without the database file's pages, which each of its connections maps and the system counts each time."""
        return int(re.search(r"RssAnon:\s+(\d+)", pathlib.Path("/proc/%d/status" % self.process.pid).read_text()).group(1)) / 1024


def headers(operation):
    return {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810." + operation}


def load(port, table, first, end):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for start in range(first, end, 25):
        puts = ",".join('{"PutRequest":{"Item":{"pk":{"S":"p#%07d"},"sk":{"S":"s#%d"},"n":{"N":"%d"},"note":{"S":"%s"}}}}' %
                        (i // PER_PARTITION, i % PER_PARTITION, i, NOTE) for i in range(start, min(start + 25, end)))
        connection.request("POST", "/", '{"RequestItems":{"%s":[%s]}}' % (table, puts), headers("BatchWriteItem"))
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200 or body != b'{"UnprocessedItems":{}}':
            raise SystemExit("BatchWriteItem: %s" % body)


def fill(server, table, items):
    if table in server.call("ListTables", {})["TableNames"]:
        return
    server.call("CreateTable", {"TableName": table, "BillingMode": "PAY_PER_REQUEST",
                                "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
                                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]})
    started = time.perf_counter()
    middle = items // 2 // 25 * 25
    loaders = [multiprocessing.Process(target=load, args=(server.port, table, *part)) for part in ((0, middle), (middle, items))]
    for loader in loaders:
        loader.start()
    for loader in loaders:
        loader.join()
        if loader.exitcode != 0:
            raise SystemExit("loading failed")
    print("%s: %d items in %.0f s" % (table, items, time.perf_counter() - started), flush=True)


def rate(server, script, table, count, operation, connections, seconds):
    environment = dict(os.environ, TABLE=table, COUNT=str(count), OPERATION=operation)
    text = subprocess.run(["wrk", "-t1", "-c%d" % connections, "-d%ds" % seconds, "-s", script, "http://127.0.0.1:%d/" % server.port],
                          check=True, text=True, stdout=subprocess.PIPE, env=environment).stdout
    failed, figure = re.search(r"RESULT (\d+) ([\d.]+)", text).groups()
    if int(failed):
        raise SystemExit("%s failed %s times" % (operation, failed))
    return float(figure)


def compare_rates(server, options):
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(WRK)
        script.flush()
        print("%-10s %4s %12s %12s %7s" % ("", "at", "10,000 /s", "all /s", "ratio"))
        for operation in ("GetItem", "Query", "PutItem"):
            for connections in (1, 16):
                small, large = [], []
                for _ in range(options.rounds):
                    small.append(rate(server, script.name, "small", SMALL, operation, connections, options.seconds))
                    large.append(rate(server, script.name, "large", options.items, operation, connections, options.seconds))
                figures = statistics.median(small), statistics.median(large)
                print("%-10s %4d %12.0f %12.0f %7.2f" % (operation, connections, *figures, figures[0] / figures[1]), flush=True)


def scan(server, items):
    before = most = server.memory_mb()
    seen, pages, start, began = 0, 0, None, time.perf_counter()
    while True:
        request = {"TableName": "large", "Select": "COUNT"}
        if start:
            request["ExclusiveStartKey"] = start
        page = server.call("Scan", request)
        seen, pages, start = seen + page["Count"], pages + 1, page.get("LastEvaluatedKey")
        most = max(most, server.memory_mb())
        if not start:
            break
    print("scan       %d items in %d pages, %.0f s; memory %.0f MB before, at most %.0f MB" %
          (seen, pages, time.perf_counter() - began, before, most), flush=True)
    if seen != items:
        raise SystemExit("the scan saw %d of %d items" % (seen, items))


def compare_starts(options, data):
    empty, full = [], []
    for _ in range(7):
        with tempfile.TemporaryDirectory() as folder, Server(options.binary, folder) as server:
            empty.append(server.start_ms)
        with Server(options.binary, data) as server:
            full.append(server.start_ms)
    print("start      empty %.0f ms, all %.0f ms" % (statistics.median(empty), statistics.median(full)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "build" / "release" / "offstage"))
    parser.add_argument("--items", type=int, default=5_000_000)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep")
    options = parser.parse_args()
    data = options.keep or tempfile.mkdtemp(prefix="offstage-scale-")
    try:
        with Server(options.binary, data) as server:
            fill(server, "small", SMALL)
            fill(server, "large", options.items)
            size = sum(file.stat().st_size for file in pathlib.Path(data).rglob("*") if file.is_file())
            print("database   %.2f GB, server %.0f MB of memory" % (size / 1e9, server.memory_mb()), flush=True)
            compare_rates(server, options)
            scan(server, options.items)
        compare_starts(options, data)
    finally:
        if not options.keep:
            shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    main()
