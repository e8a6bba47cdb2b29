"""boto3 against $DYNAMODB_ENDPOINT: tables, items, expressions, indexes, batches, pages, errors."""
import os
from decimal import Decimal

import boto3
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

resource = boto3.resource("dynamodb", endpoint_url=os.environ["DYNAMODB_ENDPOINT"])
table = resource.create_table(
    TableName="boto",
    BillingMode="PAY_PER_REQUEST",
    KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    AttributeDefinitions=[
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "N"},
        {"AttributeName": "kind", "AttributeType": "S"},
        {"AttributeName": "score", "AttributeType": "N"},
    ],
    LocalSecondaryIndexes=[{
        "IndexName": "by-score", "Projection": {"ProjectionType": "KEYS_ONLY"},
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "score", "KeyType": "RANGE"}]}],
    GlobalSecondaryIndexes=[{
        "IndexName": "by-kind", "Projection": {"ProjectionType": "ALL"},
        "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}, {"AttributeName": "score", "KeyType": "RANGE"}]}],
)
table.wait_until_exists()
table.reload()
assert table.table_status == "ACTIVE"

with table.batch_writer() as batch:
    for i in range(60):
        batch.put_item({"pk": "p%d" % (i % 3), "sk": i, "kind": "even" if i % 2 == 0 else "odd", "score": 100 - i,
                        "price": Decimal("1.10"), "tags": {"a", "b"}, "raw": b"\x00\xff", "deep": {"list": [1, None, True]}})

item = table.get_item(Key={"pk": "p0", "sk": 0})["Item"]
assert item["price"] == Decimal("1.10") and item["tags"] == {"a", "b"} and item["raw"].value == b"\x00\xff", item
assert item["deep"] == {"list": [1, None, True]}, item

page = table.query(KeyConditionExpression=Key("pk").eq("p1") & Key("sk").between(10, 30), ScanIndexForward=False)
assert [int(i["sk"]) for i in page["Items"]] == [28, 25, 22, 19, 16, 13, 10], page["Items"]

page = table.query(IndexName="by-kind", KeyConditionExpression=Key("kind").eq("odd"), FilterExpression=Attr("sk").gt(50), Limit=30)
assert page["Count"] == 5 and page["ScannedCount"] == 30, page
scores = [int(i["score"]) for i in table.query(IndexName="by-score", KeyConditionExpression=Key("pk").eq("p2"))["Items"]]
assert scores == sorted(scores) and len(scores) == 20, scores

seen, start = [], {}
while True:
    page = table.scan(Limit=7, **start)
    seen += [(i["pk"], i["sk"]) for i in page["Items"]]
    if "LastEvaluatedKey" not in page:
        break
    start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
assert len(seen) == 60 and len(set(seen)) == 60

updated = table.update_item(
    Key={"pk": "p0", "sk": 0}, ReturnValues="UPDATED_NEW",
    UpdateExpression="SET #n = if_not_exists(#n, :zero) + :one, deep.#l[0] = :x REMOVE price ADD score :ten DELETE tags :a",
    ExpressionAttributeNames={"#n": "count", "#l": "list"},
    ExpressionAttributeValues={":zero": 0, ":one": 1, ":x": "first", ":ten": 10, ":a": {"a"}})["Attributes"]
assert updated["count"] == 1 and updated["score"] == 110 and updated["tags"] == {"b"}, updated

try:
    table.put_item(Item={"pk": "p0", "sk": 0}, ConditionExpression=Attr("pk").not_exists())
    raise AssertionError("the condition must fail")
except ClientError as error:
    assert error.response["Error"]["Code"] == "ConditionalCheckFailedException", error
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
try:
    resource.Table("missing").get_item(Key={"pk": "x"})
    raise AssertionError("the table must be missing")
except resource.meta.client.exceptions.ResourceNotFoundException:
    pass

got = resource.batch_get_item(RequestItems={"boto": {"Keys": [{"pk": "p0", "sk": 0}, {"pk": "p1", "sk": 1}], "ProjectionExpression": "sk"}})
assert sorted(int(i["sk"]) for i in got["Responses"]["boto"]) == [0, 1], got
assert table.delete_item(Key={"pk": "p0", "sk": 0}, ReturnValues="ALL_OLD")["Attributes"]["count"] == 1
assert "Item" not in table.get_item(Key={"pk": "p0", "sk": 0})
table.delete()
table.wait_until_not_exists()
print("all good")
