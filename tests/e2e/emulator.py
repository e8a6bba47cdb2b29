"""Runs the real binary for end-to-end tests: on free ports, in a temporary folder, leaving nothing behind.

    with Emulator("--template", path) as emulator:
        status, headers, body = emulator.get("/users?limit=3")

The binary is $OFFSTAGE_BIN. Standard library only.
"""
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
HDOC = SOURCE / "fixtures" / "hdoc-backend"
BINARY = os.environ["OFFSTAGE_BIN"]
# Generous: CI machines are slow and run two tests at once.
LIMIT_S = 40


def wait_until(condition, what, limit=LIMIT_S):
    """Polls until condition() is true; fails with `what` after the limit."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.01)
    raise AssertionError("waited %d s in vain for: %s" % (limit, what))


def descendants(pid):
    """Pids of all processes below `pid`."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                stat = pathlib.Path("/proc", name, "stat").read_text()
            except OSError:
                continue
            children.setdefault(int(stat.rsplit(")", 1)[1].split()[1]), []).append(int(name))
    found, todo = [], [pid]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def alive(pid):
    try:
        stat = pathlib.Path("/proc", str(pid), "stat").read_text()
    except OSError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] not in "ZX"


def run(*arguments, cwd=None, stdin=None, env=None):
    """Runs a command of the binary to its end: (exit code, stdout, stderr)."""
    done = subprocess.run([BINARY, *map(str, arguments)], cwd=cwd, input=stdin, text=True, env=env,
                          capture_output=True, timeout=LIMIT_S)
    return done.returncode, done.stdout, done.stderr


class Emulator:
    def __init__(self, *arguments, cwd=None, env=None, ports=True):
        self.data = tempfile.mkdtemp(prefix="offstage-e2e-")
        self.lines = []
        command = [BINARY, "start", *map(str, arguments)]
        if ports:
            command += ["--port", "0", "--aws-port", "0"]
        if "--data" not in command and "--in-memory" not in command:
            command += ["--data", self.data]
        self.process = subprocess.Popen(command, cwd=cwd, env=env, text=True, errors="replace",
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.reader = threading.Thread(target=self._read)
        self.reader.start()
        try:
            wait_until(lambda: any(line.startswith("Ready.") for line in self.lines)
                       or self.process.poll() is not None, "Ready.")
        except AssertionError:
            self.stop(signal.SIGKILL)
            raise
        if self.process.poll() is not None:
            code = self.stop()
            raise AssertionError("start ended with %s:\n%s" % (code, "\n".join(self.lines)))
        self.api_port = self._port("API ")
        self.aws_port = self._port("AWS endpoint ")
        self.aws_url = "http://127.0.0.1:%d" % self.aws_port

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def _port(self, label):
        for line in self.lines:
            match = re.match(re.escape(label) + r"\s*http://[^:]+:(\d+)", line)
            if match:
                return int(match.group(1))
        return None

    def output(self):
        return "\n".join(self.lines)

    def expect_output(self, pattern):
        """Waits for it: a line may come a moment after the answer that it belongs to."""
        wait_until(lambda: re.search(pattern, self.output()), "output like " + pattern)

    def request(self, method, path, body=None, headers=None):
        """(status, headers, body bytes) of a route."""
        connection = http.client.HTTPConnection("127.0.0.1", self.api_port, timeout=LIMIT_S)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()
        finally:
            connection.close()

    def get(self, path):
        status, headers, body = self.request("GET", path)
        return status, headers, body.decode()

    def dynamodb(self, operation, **request):
        """One call to the AWS endpoint, without an SDK: (status, answer)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.aws_port, timeout=LIMIT_S)
        try:
            connection.request("POST", "/", json.dumps(request), {
                "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810." + operation})
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()

    def stop(self, number=signal.SIGINT):
        """Ends the emulator; returns its exit code. Nothing may be left: no process, no folder."""
        if self.process is None:
            return None
        below = descendants(self.process.pid)
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(LIMIT_S)
        self.reader.join(LIMIT_S)
        self.process.stdout.close()
        self.process = None
        shutil.rmtree(self.data, ignore_errors=True)
        wait_until(lambda: not any(alive(pid) for pid in below), "handler processes to end", 10)
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        code = self.stop()
        if code not in (0, None):
            print(self.output())
        return False


class Project:
    """A folder with a small SAM application, made for one test."""

    def __init__(self, files):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="offstage-project-"))
        for name, text in files.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)
        return False
