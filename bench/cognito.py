#!/usr/bin/env python3
"""Sign-ins (InitiateAuth, USER_PASSWORD_AUTH) and JWKS documents a second, of a built binary and of other
Cognito emulators that listen already, in turn and with the same load (by wrk).

    bench/cognito.py build/release/offstage [NAME=http://127.0.0.1:9229 ...] [--seconds 3] [--rounds 3] [--connections 4]

For cognito-local, in a folder of its own: npm install cognito-local && PORT=9229 npx cognito-local
Figures are medians of the rounds.
"""
import argparse
import http.client
import json
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.parse

# cognito-local takes e-mail addresses only.
USER = "ada@example.com"
PASSWORD = "Passw0rd!"
TARGET = "AWSCognitoIdentityProviderService."
CREDENTIALS = "AWS4-HMAC-SHA256 Credential=x/20261125/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0"


class Emulator:
    def __init__(self, name, url):
        self.name = name
        self.host = urllib.parse.urlsplit(url).netloc
        self.pool = self.call("CreateUserPool", PoolName="bench")["UserPool"]["Id"]
        self.client = self.call("CreateUserPoolClient", UserPoolId=self.pool, ClientName="bench",
                                ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])["UserPoolClient"]["ClientId"]
        self.call("AdminCreateUser", UserPoolId=self.pool, Username=USER, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS")
        self.call("AdminSetUserPassword", UserPoolId=self.pool, Username=USER, Password=PASSWORD, Permanent=True)

    def headers(self, operation):
        return {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": TARGET + operation, "Authorization": CREDENTIALS}

    def call(self, operation, **request):
        connection = http.client.HTTPConnection(self.host, timeout=30)
        connection.request("POST", "/", json.dumps(request), self.headers(operation))
        reply = connection.getresponse()
        body = reply.read()
        connection.close()
        if reply.status != 200:
            sys.exit("%s: %s: %s %s" % (self.name, operation, reply.status, body.decode()))
        return json.loads(body or b"{}")

    def sign_in(self):
        body = json.dumps({"ClientId": self.client, "AuthFlow": "USER_PASSWORD_AUTH",
                           "AuthParameters": {"USERNAME": USER, "PASSWORD": PASSWORD}})
        return "POST", "/", body, self.headers("InitiateAuth"), "AccessToken"

    def keys(self):
        return "GET", "/%s/.well-known/jwks.json" % self.pool, None, {}, "keys"


SCRIPT = """
wrk.method, wrk.path, wrk.body = "%s", "%s", %s
%s
local wrong = 0
response = function(status, headers, body)
  if status ~= 200 or not body:find('%s', 1, true) then wrong = wrong + 1; io.stderr:write(status, " ", body, "\\n"); wrk.thread:stop() end
end
"""


def rate(emulator, request, seconds, connections):
    """Right answers a second over so many connections, by wrk; any wrong answer ends the run."""
    method, path, body, headers, expected = request
    lines = "\n".join("wrk.headers[%s] = %s" % (json.dumps(name), json.dumps(value)) for name, value in headers.items())
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT % (method, path, "[==[%s]==]" % body if body else "nil", lines, expected))
        script.flush()
        done = subprocess.run(["wrk", "--threads", "1", "--connections", str(connections), "--duration", "%ds" % seconds,
                               "--script", script.name, "http://" + emulator.host + path], text=True, capture_output=True)
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if done.stderr or "Non-2xx" in done.stdout or not found:
        sys.exit("%s: %s" % (emulator.name, (done.stderr or done.stdout)[:500]))
    return float(found.group(1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("others", nargs="*", metavar="NAME=URL")
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([options.binary, "start", "--no-template", "--aws-port", "0", "--quiet", "--data", folder],
                                   stdout=subprocess.PIPE, text=True)
        try:
            url = ""
            for line in process.stdout:
                found = re.match(r"AWS endpoint\s+(http://\S+)", line)
                url = found.group(1) if found else url
                if line.startswith("Ready."):
                    break
            emulators = [Emulator("offstage", url)] + [Emulator(*other.split("=", 1)) for other in options.others]
            for what, request in (("InitiateAuth", Emulator.sign_in), ("JWKS", Emulator.keys)):
                figures = {emulator.name: [] for emulator in emulators}
                for _ in range(options.rounds):
                    for emulator in emulators:
                        figures[emulator.name].append(rate(emulator, request(emulator), options.seconds, options.connections))
                own = statistics.median(figures["offstage"])
                for name, rates in figures.items():
                    median = statistics.median(rates)
                    ratio = "" if name == "offstage" else "   offstage is %.1f times as fast" % (own / median)
                    print("%-14s %-16s %9.0f /s%s" % (what, name, median, ratio), flush=True)
        finally:
            process.terminate()
            process.wait(30)
            process.stdout.close()


if __name__ == "__main__":
    main()
