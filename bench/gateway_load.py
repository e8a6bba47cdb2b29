#!/usr/bin/env python3
"""The gateway under load, against a bare cpp-httplib server answering as many bytes, in one run.

    bench/gateway_load.py [--binary build/release/offstage] [--floor build/release/http_floor] [--rounds 5] [--seconds 2] [--json]

  mock          requests a second of a MOCK route at concurrency 16, share of the bare server's     (aim: 70 %)
  function      the same of a route into the sample backend's C++ function                          (aim: 20 %)
  function, 1   its median at concurrency 1, as a multiple of the bare server's                     (aim: 4)
  authorizer    what a Lambda authorizer's cached answer adds to the median of a MOCK route         (aim: 60 us)
  500 routes    requests a second of the last of 500 routes, share of the last of 5                 (aim: 100 %)
  burst         of 500 connections at once, how many were answered                                  (aim: 500)
  idle          median of a MOCK route while 200 connections idle, as a multiple of without them    (aim: 1)

Servers take turns round by round; each figure is the median of the rounds. Needs wrk. Standard library only.
"""
import argparse
import json
import pathlib
import re
import socket
import statistics
import subprocess
import tempfile
import threading
import time

from foundation import ROOT, Emulator, ask, connect, free_port

HEALTH = ROOT / "fixtures" / "hdoc-backend" / "sam" / "api" / "health"
AUTHORIZER = "def handler(event, context):\n" \
    "    return {'principalId': 'u', 'policyDocument': {'Version': '2012-10-17', 'Statement': [\n" \
    "        {'Action': 'execute-api:Invoke', 'Effect': 'Allow', 'Resource': '*'}]}}\n"


def mock(body, security=None):
    method = {
        "x-amazon-apigateway-integration": {
            "type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
            "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": body}}}},
        "responses": {"200": {"description": "ok"}}}
    if security:
        method["security"] = security
    return {"get": method}


def api(paths, schemes=None):
    body = {"openapi": "3.0.1", "info": {"title": "load", "version": "1"}, "paths": paths}
    if schemes:
        body["components"] = {"securitySchemes": schemes}
    return {"Type": "AWS::Serverless::Api", "Properties": {"StageName": "Prod", "DefinitionBody": body}}


def template(size):
    text = "x" * size
    scheme = {"auth": {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "custom",
                       "x-amazon-apigateway-authorizer": {
                           "type": "token", "authorizerResultTtlInSeconds": 3600, "authorizerUri": {
                               "Fn::Sub": "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Authorizer.Arn}/invocations"}}}}
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "Health": {"Type": "AWS::Serverless::Function", "Properties": {
                "Runtime": "provided.al2023", "Handler": "bootstrap", "CodeUri": str(HEALTH),
                "Events": {"Get": {"Type": "Api", "Properties": {"Path": "/health", "Method": "get"}}}}},
            "Authorizer": {"Type": "AWS::Serverless::Function", "Properties": {
                "Runtime": "python3.11", "Handler": "index.handler", "InlineCode": AUTHORIZER}},
            "Mocks": api({"/mock": mock(text), "/authorized": mock(text, [{"auth": []}])}, scheme),
            "Few": api({"/r%d/{id}" % i: mock(text) for i in range(5)}),
            "Many": api({"/r%d/{id}" % i: mock(text) for i in range(500)})},
        "Outputs": {name: {"Value": {"Ref": name}} for name in ("Mocks", "Few", "Many")}}


def wrk(port, path, connections, seconds, header=None):
    """(requests a second, median in microseconds)."""
    command = ["wrk", "-t", "2" if connections > 1 else "1", "-c", str(connections), "-d", "%ds" % seconds, "--latency",
               "http://127.0.0.1:%d%s" % (port, path)]
    if header:
        command += ["-H", header]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in out or "Socket errors" in out:
        raise SystemExit("wrong answers while timing %s:\n%s" % (path, out))
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
    value, unit = re.search(r"50%\s+([\d.]+)(us|ms|s)", out).groups()
    return rate, float(value) * {"us": 1, "ms": 1000, "s": 1e6}[unit]


def burst(port, path, count):
    answered = []
    gate = threading.Barrier(count)

    def one():
        gate.wait()
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
                if ask(connection, path)[0] == 200:
                    answered.append(1)
        except OSError:
            pass

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(answered)


class Floor:
    def __init__(self, binary, size):
        self.port = free_port()
        self.process = subprocess.Popen([binary, str(self.port), str(size)])
        while True:
            try:
                connect(self.port).close()
                return
            except OSError:
                time.sleep(0.01)

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Serving(Emulator):
    """An emulator whose report is read: the addresses of its APIs are in it."""

    def __init__(self, binary, template, data, port, report):
        self.port = port
        self.started = time.perf_counter()
        self.report = report
        self.process = subprocess.Popen([binary, "start", "-q", "--template", template, "--data", data, "--port", str(port), "--aws-port", "0"],
                                        stdout=open(report, "w"))

    def until_ready(self):
        self.until_200("/health")
        while "Ready." not in self.report.read_text():
            time.sleep(0.01)

    def base_of(self, path):
        return re.search(r"127\.0\.0\.1:\d+(/_apis/\w+)?%s " % re.escape(path), self.report.read_text()).group(1) or ""


def measure(options, folder):
    file = folder / "template.json"
    file.write_text(json.dumps(template(500)))
    emulator = Serving(options.binary, file, folder / "data", free_port(), folder / "report")
    floors = [Floor(options.floor, 500), Floor(options.floor, len('{"status": "ok"}'))]
    try:
        emulator.until_ready()
        return measure_serving(options, emulator, *floors)
    finally:
        emulator.stop()
        for floor in floors:
            floor.stop()


def measure_serving(options, emulator, floor, small_floor):
    base = {"Mocks": emulator.base_of("/mock"), "Many": emulator.base_of("/r499/{id}")}
    base["Few"] = next(other for other in re.findall(r"(/_apis/\w+)/r4/", emulator.report.read_text()) if other != base["Many"])
    key = "Authorization: token"
    results = {}

    def note(name, value):
        results.setdefault(name, []).append(value)

    for _ in range(options.rounds):
        bare = wrk(floor.port, "/", 16, options.seconds)[0]
        note("mock", wrk(emulator.port, base["Mocks"] + "/mock", 16, options.seconds)[0] / bare * 100)
        bare = wrk(small_floor.port, "/", 16, options.seconds)[0]
        note("function", wrk(emulator.port, "/health", 16, options.seconds)[0] / bare * 100)
        bare = wrk(small_floor.port, "/", 1, options.seconds)[1]
        note("function, 1", wrk(emulator.port, "/health", 1, options.seconds)[1] / bare)
        open_median = wrk(emulator.port, base["Mocks"] + "/mock", 1, options.seconds, key)[1]
        note("authorizer", wrk(emulator.port, base["Mocks"] + "/authorized", 1, options.seconds, key)[1] - open_median)
        few = wrk(emulator.port, base["Few"] + "/r4/7", 16, options.seconds)[0]
        note("500 routes", wrk(emulator.port, base["Many"] + "/r499/7", 16, options.seconds)[0] / few * 100)
        note("burst", burst(emulator.port, base["Mocks"] + "/mock", 500))
        idle = [connect(emulator.port) for _ in range(200)]
        for connection in idle:
            ask(connection, base["Mocks"] + "/mock")
        note("idle", wrk(emulator.port, base["Mocks"] + "/mock", 1, options.seconds)[1] / open_median)
        for connection in idle:
            connection.close()
    return {name: {"median": statistics.median(values), "all": [round(value, 2) for value in values]} for name, values in results.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default=str(ROOT / "build/release/offstage"))
    parser.add_argument("--floor", default=str(ROOT / "build/release/http_floor"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = measure(options, pathlib.Path(folder))
    if options.json:
        print(json.dumps(results, indent=2))
        return
    units = {"mock": "% of the bare server", "function": "% of the bare server", "function, 1": "x the bare server", "authorizer": "us more",
             "500 routes": "% of 5 routes", "burst": "of 500 answered", "idle": "x without idle connections"}
    for name, unit in units.items():
        print("%-12s %8.1f %s   %s" % (name, results[name]["median"], unit, results[name]["all"]))


if __name__ == "__main__":
    main()
