// AWS SDK for JavaScript v2 against $DYNAMODB_ENDPOINT.
'use strict';
const assert = require('assert');
const AWS = require('aws-sdk');

const options = { endpoint: process.env.DYNAMODB_ENDPOINT, region: 'us-east-1' };
const client = new AWS.DynamoDB(options);
const documents = new AWS.DynamoDB.DocumentClient(options);

async function main() {
  const TableName = 'sdk-v2';
  await client.createTable({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'at', AttributeType: 'N' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }, { AttributeName: 'at', KeyType: 'RANGE' }],
  }).promise();
  await client.waitFor('tableExists', { TableName }).promise();
  for (let at = 0; at < 10; at += 1) {
    await documents.put({ TableName, Item: { id: 'a', at, text: 'ä€😀', list: [1, 'two', null, { three: 3 }], set: documents.createSet(['x', 'y']) } }).promise();
  }
  const { Item } = await documents.get({ TableName, Key: { id: 'a', at: 3 } }).promise();
  assert.deepStrictEqual(Item.list, [1, 'two', null, { three: 3 }]);
  assert.strictEqual(Item.text, 'ä€😀');
  const page = await documents.query({
    TableName, Limit: 4, KeyConditionExpression: 'id = :id AND #at > :at',
    ExpressionAttributeNames: { '#at': 'at' }, ExpressionAttributeValues: { ':id': 'a', ':at': 2 },
  }).promise();
  assert.deepStrictEqual(page.Items.map((item) => item.at), [3, 4, 5, 6]);
  assert.deepStrictEqual(page.LastEvaluatedKey, { id: 'a', at: 6 });
  const updated = await documents.update({
    TableName, Key: { id: 'a', at: 1 }, UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': 5 }, ReturnValues: 'ALL_NEW',
  }).promise();
  assert.strictEqual(updated.Attributes.n, 5);
  await assert.rejects(
    documents.put({ TableName, Item: { id: 'a', at: 1 }, ConditionExpression: 'attribute_not_exists(id)' }).promise(),
    (error) => error.code === 'ConditionalCheckFailedException' && error.statusCode === 400,
  );
  await assert.rejects(documents.get({ TableName, Key: { id: 'a' } }).promise(), (error) => error.code === 'ValidationException');
  await documents.batchWrite({ RequestItems: { [TableName]: [{ DeleteRequest: { Key: { id: 'a', at: 0 } } }] } }).promise();
  assert.strictEqual((await documents.scan({ TableName, Select: 'COUNT' }).promise()).Count, 9);
  await client.deleteTable({ TableName }).promise();
  console.log('all good');
}

main().catch((error) => { console.error(error); process.exit(1); });
