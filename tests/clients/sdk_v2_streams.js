// AWS SDK for JavaScript v2, streams, against $DYNAMODB_ENDPOINT.
'use strict';
const assert = require('assert');
const AWS = require('aws-sdk');

const endpoint = process.env.DYNAMODB_ENDPOINT;
const dynamodb = new AWS.DynamoDB({ endpoint });
const streams = new AWS.DynamoDBStreams({ endpoint });
const TableName = 'streams-v2';

(async () => {
  const created = await dynamodb.createTable({
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
  }).promise();
  await dynamodb.waitFor('tableExists', { TableName }).promise();
  const StreamArn = created.TableDescription.LatestStreamArn;
  const { StreamDescription } = await streams.describeStream({ StreamArn }).promise();
  const { ShardId } = StreamDescription.Shards[0];
  let { ShardIterator } = await streams.getShardIterator({ StreamArn, ShardId, ShardIteratorType: 'LATEST' }).promise();
  await dynamodb.putItem({ TableName, Item: { id: { S: 'a' }, raw: { B: Buffer.from([0, 255]) } } }).promise();
  await dynamodb.deleteItem({ TableName, Key: { id: { S: 'a' } } }).promise();
  const { Records, NextShardIterator } = await streams.getRecords({ ShardIterator }).promise();
  assert.deepStrictEqual(Records.map((record) => record.eventName), ['INSERT', 'REMOVE']);
  assert.deepStrictEqual(Records[0].dynamodb.NewImage.raw.B, Buffer.from([0, 255]));
  assert.strictEqual(Records[1].dynamodb.OldImage, undefined);
  assert.ok(NextShardIterator);
  await assert.rejects(streams.describeStream({ StreamArn: StreamArn.replace('v2', 'v9') }).promise(), { code: 'ResourceNotFoundException' });
  console.log('all good');
})();
