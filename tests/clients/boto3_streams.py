"""boto3 against $DYNAMODB_ENDPOINT: PartiQL, streams, backups."""
import os

import boto3
from botocore.exceptions import ClientError

endpoint = {"endpoint_url": os.environ["DYNAMODB_ENDPOINT"]}
dynamodb = boto3.client("dynamodb", **endpoint)
streams = boto3.client("dynamodbstreams", **endpoint)

dynamodb.create_table(
    TableName="songs", BillingMode="PAY_PER_REQUEST",
    KeySchema=[{"AttributeName": "artist", "KeyType": "HASH"}, {"AttributeName": "title", "KeyType": "RANGE"}],
    AttributeDefinitions=[{"AttributeName": "artist", "AttributeType": "S"}, {"AttributeName": "title", "AttributeType": "S"}],
    StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
dynamodb.get_waiter("table_exists").wait(TableName="songs")

for number in range(5):
    dynamodb.execute_statement(Statement="INSERT INTO songs VALUE {'artist': ?, 'title': ?, 'plays': ?}",
                               Parameters=[{"S": "a"}, {"S": "t%d" % number}, {"N": str(number)}])
dynamodb.execute_statement(Statement="UPDATE songs SET plays = plays + 10 WHERE artist = 'a' AND title = 't4'")
found, token = [], {}
while True:
    page = dynamodb.execute_statement(Statement="SELECT title, plays FROM songs WHERE artist = 'a' ORDER BY title DESC", Limit=2, **token)
    found += [(item["title"]["S"], item["plays"]["N"]) for item in page["Items"]]
    if "NextToken" not in page:
        break
    token = {"NextToken": page["NextToken"]}
assert found == [("t4", "14"), ("t3", "3"), ("t2", "2"), ("t1", "1"), ("t0", "0")], found

found, token = set(), {}
while True:
    page = dynamodb.execute_statement(Statement="SELECT * FROM songs WHERE plays < ?", Parameters=[{"N": "3"}], Limit=1, **token)
    found |= {item["title"]["S"] for item in page["Items"]}
    if "NextToken" not in page:
        break
    token = {"NextToken": page["NextToken"]}
assert found == {"t0", "t1", "t2"}, found

try:
    dynamodb.execute_statement(Statement="INSERT INTO songs VALUE {'artist': 'a', 'title': 't0'}")
    raise AssertionError("a second item with the same key")
except dynamodb.exceptions.DuplicateItemException:
    pass
batch = dynamodb.batch_execute_statement(Statements=[
    {"Statement": "SELECT * FROM songs WHERE artist = 'a' AND title = 't1'"},
    {"Statement": "SELECT * FROM songs WHERE artist = 'a'"}])["Responses"]
assert batch[0]["Item"]["plays"] == {"N": "1"} and batch[1]["Error"]["Code"] == "ValidationError", batch
try:
    dynamodb.execute_transaction(TransactStatements=[
        {"Statement": "DELETE FROM songs WHERE artist = 'a' AND title = 't0'"},
        {"Statement": "UPDATE songs SET plays = 0 WHERE artist = 'a' AND title = 't1' AND plays = 7"}])
    raise AssertionError("a transaction with a false condition")
except dynamodb.exceptions.TransactionCanceledException as error:
    assert [r["Code"] for r in error.response["CancellationReasons"]] == ["None", "ConditionalCheckFailed"]

arn = dynamodb.describe_table(TableName="songs")["Table"]["LatestStreamArn"]
assert [s["StreamArn"] for s in streams.list_streams(TableName="songs")["Streams"]] == [arn]
stream = streams.describe_stream(StreamArn=arn)["StreamDescription"]
assert stream["StreamStatus"] == "ENABLED" and stream["CreationRequestDateTime"].year >= 2024, stream
iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=stream["Shards"][0]["ShardId"], ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
records = []
while True:
    page = streams.get_records(ShardIterator=iterator, Limit=4)
    records += page["Records"]
    iterator = page["NextShardIterator"]
    if not page["Records"]:
        break
assert [r["eventName"] for r in records] == ["INSERT"] * 5 + ["MODIFY"], records
assert records[5]["dynamodb"]["OldImage"]["plays"] == {"N": "4"} and records[5]["dynamodb"]["NewImage"]["plays"] == {"N": "14"}
numbers = [r["dynamodb"]["SequenceNumber"] for r in records]
assert numbers == sorted(numbers) and len(set(numbers)) == 6

backup = dynamodb.create_backup(TableName="songs", BackupName="before")["BackupDetails"]["BackupArn"]
dynamodb.delete_item(TableName="songs", Key={"artist": {"S": "a"}, "title": {"S": "t0"}})
dynamodb.restore_table_from_backup(TargetTableName="again", BackupArn=backup)
assert dynamodb.scan(TableName="again")["Count"] == 5 and dynamodb.scan(TableName="songs")["Count"] == 4
assert dynamodb.describe_backup(BackupArn=backup)["BackupDescription"]["SourceTableDetails"]["ItemCount"] == 5
dynamodb.delete_backup(BackupArn=backup)
try:
    dynamodb.describe_backup(BackupArn=backup)
    raise AssertionError("a deleted backup")
except ClientError as error:
    assert error.response["Error"]["Code"] == "BackupNotFoundException"
print("all good")
