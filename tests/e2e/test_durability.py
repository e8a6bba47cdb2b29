"""A writer loop, the emulator killed with SIGKILL at a random moment, started again: every write that was
acknowledged is there, and no index disagrees with its table. As a campaign: scripts/durability [ROUNDS]."""
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import tempfile
import threading
import time
import unittest

from emulator import Emulator, wait_until

ROUNDS = int(os.environ.get("OFFSTAGE_KILL_ROUNDS", "6"))
WRITERS = 3
# Each check reads all there is: the table is made anew now and then.
ROUNDS_A_TABLE = 20
TABLE = {
    "TableName": "ledger", "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("id", "writer", "seq")],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "GlobalSecondaryIndexes": [{
        "IndexName": "by-writer", "Projection": {"ProjectionType": "ALL"},
        "KeySchema": [{"AttributeName": "writer", "KeyType": "HASH"}, {"AttributeName": "seq", "KeyType": "RANGE"}]}],
}


class Writer(threading.Thread):
    """Writes until the emulator is gone: items of its own, single, in batches and in transactions."""

    def __init__(self, port, name, first):
        super().__init__()
        self.port, self.name_, self.next = port, name, first
        self.acknowledged = {}
        self.refused = []

    def items(self, count):
        made = {}
        for _ in range(count):
            self.next += 1
            made["%s-%d" % (self.name_, self.next)] = {
                "id": {"S": "%s-%d" % (self.name_, self.next)}, "writer": {"S": self.name_},
                "seq": {"S": "%09d" % self.next}, "text": {"S": "x" * random.randrange(1, 2000)}}
        return made

    def call(self, connection, operation, request):
        connection.request("POST", "/", json.dumps(request), {
            "Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810." + operation})
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            self.refused.append(body)
        return response.status == 200

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            while True:
                kind = random.randrange(3)
                made = self.items(1 if kind == 0 else random.randrange(2, 10))
                puts = list(made.values())
                if kind == 0:
                    done = self.call(connection, "PutItem", {"TableName": "ledger", "Item": puts[0]})
                elif kind == 1:
                    done = self.call(connection, "BatchWriteItem", {"RequestItems": {
                        "ledger": [{"PutRequest": {"Item": item}} for item in puts]}})
                else:
                    done = self.call(connection, "TransactWriteItems", {"TransactItems": [
                        {"Put": {"TableName": "ledger", "Item": item}} for item in puts]})
                if done:
                    self.acknowledged.update(made)
        except (OSError, http.client.HTTPException):
            pass  # killed
        finally:
            connection.close()


def pages(emulator, operation, **request):
    items = []
    while True:
        status, answer = emulator.dynamodb(operation, **request)
        assert status == 200, answer
        items += answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return items
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


class Durability(unittest.TestCase):
    def setUp(self):
        self.data = tempfile.mkdtemp(prefix="offstage-durability-")
        self.addCleanup(shutil.rmtree, self.data, ignore_errors=True)

    def database(self):
        return next(pathlib.Path(self.data).glob("*/offstage.db"))

    def start(self):
        emulator = Emulator("--no-template", "--data", self.data)
        self.addCleanup(emulator.stop)
        return emulator

    def check(self, emulator, acknowledged):
        stored = {item["id"]["S"]: item for item in pages(emulator, "Scan", TableName="ledger")}
        lost = [key for key, item in acknowledged.items() if stored.get(key) != item]
        self.assertEqual(lost, [], "acknowledged and not there")
        for writer in {item["writer"]["S"] for item in stored.values()}:
            indexed = pages(emulator, "Query", TableName="ledger", IndexName="by-writer",
                            KeyConditionExpression="writer = :w", ExpressionAttributeValues={":w": {"S": writer}})
            self.assertEqual([item["id"]["S"] for item in indexed],
                             sorted((key for key, item in stored.items() if item["writer"]["S"] == writer),
                                    key=lambda key: int(key.rsplit("-", 1)[1])))
        _, described = emulator.dynamodb("DescribeTable", TableName="ledger")
        self.assertEqual(described["Table"]["ItemCount"], len(stored))

    def test_a_killed_emulator_loses_nothing_acknowledged(self):
        acknowledged, first, total = {}, 0, 0
        emulator = self.start()
        for round_ in range(ROUNDS):
            if round_ % ROUNDS_A_TABLE == 0:
                if round_ > 0:
                    self.assertEqual(emulator.dynamodb("DeleteTable", TableName="ledger")[0], 200)
                status, answer = emulator.dynamodb("CreateTable", **TABLE)
                self.assertEqual(status, 200, answer)
                total += len(acknowledged)
                acknowledged = {}
            writers = [Writer(emulator.aws_port, "w%d" % i, first) for i in range(WRITERS)]
            for writer in writers:
                writer.start()
            # The moment is the point of the test; nothing waits for anything here.
            time.sleep(random.uniform(0.02, 0.25))
            emulator.stop(signal.SIGKILL)
            for writer in writers:
                writer.join()
                self.assertEqual(writer.refused, [])
                acknowledged.update(writer.acknowledged)
                first = max(first, writer.next)
            emulator = self.start()
            # What the killed one has left in its log goes into the database: logs do not grow from kill to kill.
            wait_until(lambda: self.database().stat().st_size > 4096, "a checkpoint after the kill")
            with self.subTest(round=round_, acknowledged=len(acknowledged)):
                self.check(emulator, acknowledged)
        total += len(acknowledged)
        print("%d kills, %d writes acknowledged and found" % (ROUNDS, total))
        self.assertGreater(total, ROUNDS)
        self.assertEqual(emulator.stop(), 0)


if __name__ == "__main__":
    unittest.main()
