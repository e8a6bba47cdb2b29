"""Functions behind streams and schedules: under `start`, across restarts, and in scenarios' settle."""
import shutil
import tempfile
import unittest

from emulator import Emulator, Project, run, wait_until

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: python3.11, Timeout: 10}}
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: orders
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
  Seen:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: seen
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  Listener:
    Type: AWS::Serverless::Function
    Properties:
      Handler: index.handler
      InlineCode: |
        import json, os, urllib.request
        def note(name, body):
            request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], json.dumps({"TableName": "seen", "Item": {
                "id": {"S": name}, "body": {"S": json.dumps(body)}}}).encode(),
                {"X-Amz-Target": "DynamoDB_20120810.PutItem", "Content-Type": "application/x-amz-json-1.0"})
            urllib.request.urlopen(request).read()
        def handler(event, context):
            if "Records" not in event:
                return note(event.get("who", event.get("source")), event)
            for record in event["Records"]:
                image = record["dynamodb"].get("NewImage", {})
                if image.get("state", {}).get("S") == "broken":
                    raise ValueError("broken order")
                note(record["eventName"] + " " + record["dynamodb"]["Keys"]["id"]["S"], record)
      Events:
        Changes:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Orders.StreamArn
            StartingPosition: TRIM_HORIZON
            BatchSize: 10
            MaximumRetryAttempts: 1
            BisectBatchOnFunctionError: true
            FilterCriteria: {Filters: [{Pattern: '{"eventName": ["INSERT", "REMOVE"]}'}]}
        Hourly: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}
        Noon: {Type: ScheduleV2, Properties: {ScheduleExpression: "cron(0 12 * * ? *)", Input: '{"who": "noon"}'}}
        Off: {Type: Schedule, Properties: {Schedule: rate(1 minute), Enabled: false, Input: '{"who": "off"}'}}
        Queue: {Type: SQS, Properties: {Queue: arn:aws:sqs:us-east-1:000000000000:q}}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(2 hours)
      Targets: [{Id: one, Arn: !GetAtt Listener.Arn, Input: '{"who": "rule"}'}]
"""


class EventsTest(unittest.TestCase):
    def setUp(self):
        self.project = Project({"template.yml": TEMPLATE})
        self.addCleanup(self.project.__exit__)

    def passes(self, text, *arguments):
        self.project.write("scenarios/a.scenario.yml", text)
        code, out, err = run("test", *arguments, cwd=self.project.folder)
        self.assertEqual(code, 0, out + err)
        return out


class Scenarios(EventsTest):
    def test_streams_are_drained(self):
        self.passes("""
given: {tables: {Orders: [{id: before, state: open}]}}
scenarios:
  - name: what is given is no news, what changes is
    steps:
      - settle: 20s
      - {put-item: Orders, item: {id: one, state: open}}
      - {update-item: Orders, key: {id: one}, change: {state: paid}}
      - {delete-item: Orders, key: {id: before}}
      - {settle: 20s, expect: {tables: {Seen: {items: [{id: INSERT one}, {id: REMOVE before}]}}}}
      - get-item: Seen
        key: {id: INSERT one}
        expect:
          item: {body: {$json: {eventSource: "aws:dynamodb", eventVersion: "1.1", eventID: <string 32>, eventSourceARN: {$contains: ":table/orders/stream/"}, dynamodb: {NewImage: {state: {S: open}}, StreamViewType: NEW_AND_OLD_IMAGES}}}}
  - name: one bad record does not hold up the others
    steps:
      - put-item: Orders
        items: [{id: a}, {id: b, state: broken}, {id: c}]
      - {settle: 20s, expect: {tables: {Seen: {has: [{id: INSERT a}, {id: INSERT c}], lacks: {id: INSERT b}}}, log: {has: broken order}}}
""", "--repeat", "3", "--jobs", "2")

    def test_schedules_follow_the_clock(self):
        self.passes("""
given: {clock: "2026-01-31T10:30:00Z"}
scenarios:
  - name: nothing is due yet
    steps:
      - advance: 59m
      - {settle: 20s, expect: {tables: {Seen: {count: 0}}}}
  - name: an hour has passed
    steps:
      - advance: 1h
      - {settle: 20s, expect: {tables: {Seen: {items: [{id: aws.events, body: {$json: {detail-type: Scheduled Event, time: "2026-01-31T11:30:00Z"}}}]}}}}
  - name: noon and two hours have passed
    steps:
      - advance: 2h
      - {settle: 20s, expect: {tables: {Seen: {items: [{id: aws.events}, {id: noon}, {id: rule}]}}}}
""")

    def test_what_is_pending_is_said_at_the_deadline(self):
        self.project.write("template.yml", TEMPLATE.replace("MaximumRetryAttempts: 1", "MaximumBatchingWindowInSeconds: 60"))
        self.project.write("scenarios/a.scenario.yml", """
scenarios:
  - name: waits
    steps:
      - {put-item: Orders, item: {id: one}}
      - settle: 300ms
  - name: the clock opens the window
    steps:
      - {put-item: Orders, item: {id: one}}
      - advance: 61s
      - {settle: 20s, expect: {tables: {Seen: {count: 1}}}}
""")
        code, out, err = run("test", cwd=self.project.folder)
        self.assertEqual(code, 1, out + err)
        self.assertIn("1 passed, 1 in error", out)
        self.assertRegex(out, r"not settled after 300ms: records wait for the batching window of Listener/Changes, which closes in \d+\.\d s")


class Start(EventsTest):
    def put(self, emulator, name):
        emulator.dynamodb("PutItem", TableName="orders", Item={"id": {"S": name}})

    def seen(self, emulator):
        return sorted(item["id"]["S"] for item in emulator.dynamodb("Scan", TableName="seen")[1]["Items"])

    def test_a_function_follows_its_stream_and_goes_on_after_a_restart(self):
        data = tempfile.mkdtemp(prefix="offstage-e2e-")
        self.addCleanup(shutil.rmtree, data, True)
        with Emulator("--data", data, cwd=self.project.folder) as emulator:
            self.put(emulator, "one")
            wait_until(lambda: self.seen(emulator) == ["INSERT one"], "the listener")
            emulator.expect_output(r"events of type SQS are not emulated")
            emulator.dynamodb("DeleteItem", TableName="seen", Key={"id": {"S": "INSERT one"}})
        with Emulator("--data", data, cwd=self.project.folder) as emulator:
            self.put(emulator, "two")
            wait_until(lambda: self.seen(emulator) == ["INSERT two"], "the listener, for the new record only")


if __name__ == "__main__":
    unittest.main()
