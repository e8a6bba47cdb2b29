// AWS SDK for JavaScript v3, PartiQL, against $DYNAMODB_ENDPOINT.
import assert from 'node:assert';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { BatchExecuteStatementCommand, DynamoDBDocumentClient, ExecuteStatementCommand, ExecuteTransactionCommand } from '@aws-sdk/lib-dynamodb';

const client = new DynamoDBClient({ endpoint: process.env.DYNAMODB_ENDPOINT });
const documents = DynamoDBDocumentClient.from(client);
const TableName = 'partiql-v3';
await client.send(new CreateTableCommand({
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
}));
await waitUntilTableExists({ client, minDelay: 1, maxDelay: 2, maxWaitTime: 20 }, { TableName });

const run = (Statement, Parameters, more) => documents.send(new ExecuteStatementCommand({ Statement, Parameters, ...more }));
await run(`INSERT INTO "${TableName}" VALUE {'id': ?, 'tags': ?, 'deep': {'list': [1, ?]}}`, ['a', new Set(['x']), true]);
const updated = await run(`UPDATE "${TableName}" SET tags = set_add(tags, ?) REMOVE deep."list"[0] WHERE id = 'a' RETURNING ALL NEW *`, [new Set(['y'])]);
assert.deepStrictEqual(updated.Items, [{ id: 'a', tags: new Set(['x', 'y']), deep: { list: [true] } }]);
await assert.rejects(
  run(`DELETE FROM "${TableName}" WHERE id = 'a' AND contains(tags, 'z')`, undefined, { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
  (error) => error.name === 'ConditionalCheckFailedException' && error.Item.id.S === 'a',
);
await assert.rejects(run('SELECT * FROM'), { name: 'ValidationException', message: "Statement wasn't well formed, can't be processed: Unexpected term" });
await documents.send(new ExecuteTransactionCommand({
  TransactStatements: [
    { Statement: `INSERT INTO "${TableName}" VALUE {'id': 'b'}` },
    { Statement: `EXISTS(SELECT * FROM "${TableName}" WHERE id = 'a' AND tags IS NOT MISSING)` },
  ],
}));
const batch = await documents.send(new BatchExecuteStatementCommand({
  Statements: [{ Statement: `SELECT id FROM "${TableName}" WHERE id = ?`, Parameters: ['b'] }, { Statement: 'SELECT * FROM nowhere WHERE id = 1' }],
}));
assert.deepStrictEqual(batch.Responses[0].Item, { id: 'b' });
assert.strictEqual(batch.Responses[1].Error.Code, 'ResourceNotFound');
console.log('all good');
