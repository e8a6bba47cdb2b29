// AWS SDK for JavaScript v3 against $DYNAMODB_ENDPOINT.
import assert from 'node:assert';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, paginateListTables, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { BatchGetCommand, DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand, paginateScan } from '@aws-sdk/lib-dynamodb';

const client = new DynamoDBClient({ endpoint: process.env.DYNAMODB_ENDPOINT });
const documents = DynamoDBDocumentClient.from(client);
const TableName = 'sdk-v3';

await client.send(new CreateTableCommand({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
}));
await waitUntilTableExists({ client, minDelay: 1, maxDelay: 2, maxWaitTime: 20 }, { TableName });
for (let i = 0; i < 12; i += 1) {
  await documents.send(new PutCommand({ TableName, Item: { id: `i${i}`, n: i, bytes: new Uint8Array([0, 255]), set: new Set([1, 2]) } }));
}
const { Item } = await documents.send(new GetCommand({ TableName, Key: { id: 'i5' }, ProjectionExpression: 'n, #s', ExpressionAttributeNames: { '#s': 'set' } }));
assert.deepStrictEqual(Item, { n: 5, set: new Set([1, 2]) });
let count = 0;
for await (const page of paginateScan({ client: documents, pageSize: 5 }, { TableName })) count += page.Items.length;
assert.strictEqual(count, 12);
const { Attributes } = await documents.send(new UpdateCommand({
  TableName, Key: { id: 'i1' }, UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': 1 }, ReturnValues: 'UPDATED_NEW',
}));
assert.deepStrictEqual(Attributes, { n: 2 });
await assert.rejects(
  documents.send(new PutCommand({ TableName, Item: { id: 'i1' }, ConditionExpression: 'n = :n', ExpressionAttributeValues: { ':n': 99 } })),
  (error) => error.name === 'ConditionalCheckFailedException' && error.$metadata.httpStatusCode === 400,
);
await assert.rejects(documents.send(new GetCommand({ TableName: 'missing', Key: { id: 'x' } })), { name: 'ResourceNotFoundException' });
const batch = await documents.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [{ id: 'i2' }, { id: 'nope' }] } } }));
assert.strictEqual(batch.Responses[TableName].length, 1);
const old = await documents.send(new DeleteCommand({ TableName, Key: { id: 'i2' }, ReturnValues: 'ALL_OLD' }));
assert.strictEqual(old.Attributes.n, 2);
for await (const page of paginateListTables({ client }, {})) assert.deepStrictEqual(page.TableNames, [TableName]);
await client.send(new DeleteTableCommand({ TableName }));
console.log('all good');
