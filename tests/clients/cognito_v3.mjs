// AWS SDK for JavaScript v3 and aws-jwt-verify against $COGNITO_ENDPOINT.
import assert from 'node:assert';
import { createHmac } from 'node:crypto';
import * as cognito from '@aws-sdk/client-cognito-identity-provider';
import { CognitoJwtVerifier } from 'aws-jwt-verify';

const endpoint = process.env.COGNITO_ENDPOINT;
const client = new cognito.CognitoIdentityProviderClient({ endpoint });
const call = (name, input) => client.send(new cognito[`${name}Command`](input));

const { UserPool } = await call('CreateUserPool', {
  PoolName: 'v3', AutoVerifiedAttributes: ['email'], UsernameConfiguration: { CaseSensitive: false },
  Schema: [{ Name: 'level', AttributeDataType: 'Number', NumberAttributeConstraints: { MinValue: '1', MaxValue: '9' } }],
});
const UserPoolId = UserPool.Id;
assert.match(UserPoolId, /^us-east-1_[0-9A-Za-z]{9}$/);
assert.strictEqual(UserPool.SchemaAttributes.length, 21);
const { UserPoolClient } = await call('CreateUserPoolClient', {
  UserPoolId, ClientName: 'web', GenerateSecret: true,
  ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_ADMIN_USER_PASSWORD_AUTH'],
  AccessTokenValidity: 10, TokenValidityUnits: { AccessToken: 'minutes' },
});
const { ClientId, ClientSecret } = UserPoolClient;
const hash = (name) => createHmac('sha256', ClientSecret).update(name + ClientId).digest('base64');

await call('CreateGroup', { UserPoolId, GroupName: 'users', Precedence: 5 });
await call('CreateGroup', { UserPoolId, GroupName: 'admins', Precedence: 1, RoleArn: 'arn:aws:iam::123456789012:role/admins' });
const created = await call('AdminCreateUser', {
  UserPoolId, Username: 'Grace', TemporaryPassword: 'Temp0rary!', DesiredDeliveryMediums: ['EMAIL'],
  UserAttributes: [{ Name: 'email', Value: 'grace@example.com' }, { Name: 'email_verified', Value: 'true' }, { Name: 'custom:level', Value: '3' }],
});
assert.strictEqual(created.User.UserStatus, 'FORCE_CHANGE_PASSWORD');
await assert.rejects(call('AdminCreateUser', { UserPoolId, Username: 'grace' }), { name: 'UsernameExistsException', message: 'User account already exists' });
for (const GroupName of ['users', 'admins']) await call('AdminAddUserToGroup', { UserPoolId, Username: 'grace', GroupName });

await assert.rejects(call('InitiateAuth', { ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { USERNAME: 'grace', PASSWORD: 'Temp0rary!' } }),
  { name: 'NotAuthorizedException', message: `Client ${ClientId} is configured with secret but SECRET_HASH was not received` });
const first = await call('InitiateAuth', { ClientId, AuthFlow: 'USER_PASSWORD_AUTH', AuthParameters: { USERNAME: 'grace', PASSWORD: 'Temp0rary!', SECRET_HASH: hash('grace') } });
assert.strictEqual(first.ChallengeName, 'NEW_PASSWORD_REQUIRED');
assert.strictEqual(JSON.parse(first.ChallengeParameters.userAttributes).email, 'grace@example.com');
const { AuthenticationResult: tokens } = await call('RespondToAuthChallenge', {
  ClientId, ChallengeName: 'NEW_PASSWORD_REQUIRED', Session: first.Session,
  ChallengeResponses: { USERNAME: 'grace', NEW_PASSWORD: 'Permanent1!', SECRET_HASH: hash('grace') },
});
assert.strictEqual(tokens.ExpiresIn, 600);
assert.strictEqual(tokens.TokenType, 'Bearer');

// The service's address in the token, the keys from here.
const jwks = await (await fetch(`${endpoint}/${UserPoolId}/.well-known/jwks.json`)).json();
const idVerifier = CognitoJwtVerifier.create({ userPoolId: UserPoolId, tokenUse: 'id', clientId: ClientId });
idVerifier.cacheJwks(jwks);
const id = await idVerifier.verify(tokens.IdToken);
assert.deepStrictEqual(id['cognito:groups'], ['admins', 'users']);
assert.deepStrictEqual(id['cognito:roles'], ['arn:aws:iam::123456789012:role/admins']);
assert.strictEqual(id['cognito:preferred_role'], 'arn:aws:iam::123456789012:role/admins');
assert.strictEqual(id['custom:level'], '3');
assert.strictEqual(id['cognito:username'], 'Grace');
const accessVerifier = CognitoJwtVerifier.create({ userPoolId: UserPoolId, tokenUse: 'access', clientId: ClientId, groups: ['admins'] });
accessVerifier.cacheJwks(jwks);
const access = await accessVerifier.verify(tokens.AccessToken);
assert.strictEqual(access.client_id, ClientId);
assert.strictEqual(access.aud, undefined);
assert.strictEqual(access.username, 'Grace');
await assert.rejects(accessVerifier.verify(tokens.IdToken));
const parts = tokens.IdToken.split('.');
const forged = [parts[0], Buffer.from(JSON.stringify({ ...id, 'cognito:groups': ['root'] })).toString('base64url'), parts[2]].join('.');
await assert.rejects(idVerifier.verify(forged));
const discovery = await (await fetch(`${endpoint}/${UserPoolId}/.well-known/openid-configuration`)).json();
assert.strictEqual(discovery.issuer, `${endpoint}/${UserPoolId}`);

const { AccessToken } = tokens;
assert.strictEqual((await call('GetUser', { AccessToken })).Username, 'Grace');
await assert.rejects(call('UpdateUserAttributes', { AccessToken, UserAttributes: [{ Name: 'custom:level', Value: '11' }] }), { name: 'InvalidParameterException' });
await assert.rejects(call('UpdateUserAttributes', { AccessToken, UserAttributes: [{ Name: 'email_verified', Value: 'true' }] }),
  { name: 'NotAuthorizedException', message: 'A client attempted to write unauthorized attribute' });
const update = await call('UpdateUserAttributes', { AccessToken, UserAttributes: [{ Name: 'email', Value: 'new@example.com' }] });
assert.strictEqual(update.CodeDeliveryDetailsList[0].Destination, 'n***@e***');
const [{ code }] = await (await fetch(`${endpoint}/_offstage/mailbox?to=new@example.com`)).json();
await call('VerifyUserAttribute', { AccessToken, AttributeName: 'email', Code: code });
const found = await call('ListUsers', { UserPoolId, Filter: 'email ^= "new@"', AttributesToGet: ['email', 'email_verified'] });
assert.deepStrictEqual(found.Users[0].Attributes, [{ Name: 'email', Value: 'new@example.com' }, { Name: 'email_verified', Value: 'true' }]);

await call('RevokeToken', { ClientId, ClientSecret, Token: tokens.RefreshToken });
await assert.rejects(call('GetUser', { AccessToken }), { name: 'NotAuthorizedException', message: 'Access Token has been revoked' });
await assert.rejects(call('DescribeUserPool', { UserPoolId: 'nonsense' }), {
  name: 'InvalidParameterException',
  message: "1 validation error detected: Value 'nonsense' at 'userPoolId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+",
});
await assert.rejects(call('DescribeUserPool', { UserPoolId: 'us-east-1_xxxxxxxxx' }), { name: 'ResourceNotFoundException', message: 'User pool us-east-1_xxxxxxxxx does not exist.' });
await assert.rejects(call('StartWebAuthnRegistration', { AccessToken }), { name: 'NotEmulated' });
await call('AdminDeleteUser', { UserPoolId, Username: 'grace' });
await assert.rejects(call('AdminGetUser', { UserPoolId, Username: 'grace' }), { name: 'UserNotFoundException', message: 'User does not exist.' });
await call('DeleteUserPool', { UserPoolId });
console.log('all good');
