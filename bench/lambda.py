#!/usr/bin/env python3
"""Measures how functions start and run, on a binary:

    bench/lambda.py --binary build/release/offstage

Per runtime: from the start of a handler's process to its first answer, beside the interpreter's own
start; a warm invocation of an empty handler. Then: 50 environments at once, 1 to 16 callers at once
without an error, and how long a changed file takes until its new answer. Quote ratios, not times.
"""
import argparse
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HANDLERS = {
    "python": ("python3.11", "app.handler", "app.py", "def handler(event, context):\n    return 1\n", ["python3", "-S", "-c", ""]),
    "nodejs": ("nodejs20.x", "app.handler", "app.js", "exports.handler = async () => 1;\n", ["node", "-e", ""]),
    "ruby": ("ruby3.2", "app.handler", "app.rb", "def handler(event:, context:)\n  1\nend\n", ["ruby", "-e", ""]),
}
SLOW = "import time\ndef handler(event, context):\n    time.sleep(0.2)\n    return 1\n"


def template():
    text = "Transform: AWS::Serverless-2016-10-31\nResources:\n"
    for name, (runtime, handler, _, _, _) in HANDLERS.items():
        text += ("  %s: {Type: AWS::Serverless::Function, Properties: {FunctionName: %s, Runtime: %s, CodeUri: %s/, "
                 "Handler: %s, Timeout: 30}}\n" % (name.capitalize(), name, runtime, name, handler))
    return text + ("  Slow: {Type: AWS::Serverless::Function, Properties: {FunctionName: slow, Runtime: python3.11, "
                   "CodeUri: slow/, Handler: app.handler, Timeout: 30}}\n")


class Emulator:
    def __init__(self, binary, folder):
        self.process = subprocess.Popen([binary, "start", "--in-memory", "--port", "0", "--aws-port", "0"], cwd=folder,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.port = None
        for line in self.process.stdout:
            match = re.match(r"AWS endpoint\s+http://127\.0\.0\.1:(\d+)", line)
            self.port = int(match.group(1)) if match else self.port
            if line.startswith("Ready."):
                break
        if self.port is None or self.process.poll() is not None:
            sys.exit("the emulator did not start")
        threading.Thread(target=lambda: [None for _ in self.process.stdout], daemon=True).start()

    def caller(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

        def call(function):
            connection.request("POST", "/2015-03-31/functions/%s/invocations" % function, "{}")
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200 or answer.headers.get("X-Amz-Function-Error"):
                raise RuntimeError("%s answered %d: %s" % (function, answer.status, body[:300]))
            return body
        return call

    def stop(self):
        self.process.terminate()
        self.process.wait(20)


def milliseconds(action):
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def measure_runtimes(emulator, folder, rounds, result):
    call = emulator.caller()
    for name, (_, _, file, code, interpreter) in HANDLERS.items():
        if not shutil.which(interpreter[0]):
            continue
        cold, own = [], []
        for number in range(rounds):
            # A changed file makes the next invocation start a new process.
            (folder / name / file).write_text(code + "# %d\n" % number if name != "nodejs" else code + "// %d\n" % number)
            cold.append(milliseconds(lambda: call(name)))
            own.append(milliseconds(lambda: subprocess.run(interpreter, check=True)))
        warm = sorted(milliseconds(lambda: call(name)) for _ in range(rounds * 50))
        result[name] = {"first_answer_ms": statistics.median(cold), "interpreter_ms": statistics.median(own),
                        "ratio": statistics.median(cold) / statistics.median(own),
                        "warm_ms": statistics.median(warm), "warm_p95_ms": warm[int(len(warm) * 0.95)]}


def at_once(emulator, count, calls):
    """`count` callers that each call `calls` times: (seconds, errors)."""
    def one(_):
        call, errors = emulator.caller(), 0
        for _ in range(calls):
            try:
                call("slow")
            except (RuntimeError, OSError):
                errors += 1
        return errors
    start = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        errors = sum(pool.map(one, range(count)))
    return time.perf_counter() - start, errors


def measure_reload(emulator, folder, rounds):
    call, times = emulator.caller(), []
    for number in range(rounds):
        path = folder / "python" / "app.py"
        start = time.perf_counter()
        path.write_text("def handler(event, context):\n    return 'new %d'\n" % number)
        while call("python") != json.dumps("new %d" % number).encode():
            pass
        times.append((time.perf_counter() - start) * 1000)
    return {"median_ms": statistics.median(times), "max_ms": max(times)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="offstage-bench-", dir=os.environ.get("TMPDIR", "/var/tmp")))
    (folder / "template.yml").write_text(template())
    for name, (_, _, file, code, _) in HANDLERS.items():
        (folder / name).mkdir()
        (folder / name / file).write_text(code)
    (folder / "slow").mkdir()
    (folder / "slow" / "app.py").write_text(SLOW)
    emulator = Emulator(os.path.abspath(options.binary), folder)
    result = {"runtimes": {}}
    try:
        measure_runtimes(emulator, folder, options.rounds, result["runtimes"])
        seconds, errors = at_once(emulator, 50, 1)
        result["fifty_at_once"] = {"seconds": seconds, "errors": errors}
        result["scale_up"] = {}
        for count in (1, 2, 4, 8, 16):
            seconds, errors = at_once(emulator, count, 5)
            result["scale_up"][count] = {"seconds": seconds, "errors": errors}
        result["reload"] = measure_reload(emulator, folder, options.rounds)
    finally:
        emulator.stop()
        shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        print(json.dumps(result, indent=2))
        return
    for name, row in result["runtimes"].items():
        print("%-7s first answer %6.1f ms (interpreter alone %5.1f ms, x %.1f)   warm %.2f ms, 95 %% below %.2f ms" % (
            name, row["first_answer_ms"], row["interpreter_ms"], row["ratio"], row["warm_ms"], row["warm_p95_ms"]))
    print("50 environments at once: %(seconds).1f s, %(errors)d errors" % result["fifty_at_once"])
    for count, row in result["scale_up"].items():
        print("%2d callers x 5 calls of 200 ms: %.2f s, %d errors" % (count, row["seconds"], row["errors"]))
    print("changed file to new answer: %(median_ms).0f ms, at most %(max_ms).0f ms" % result["reload"])


if __name__ == "__main__":
    main()
