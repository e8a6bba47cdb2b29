// openid-client against $COGNITO_ENDPOINT: discovery at the pool's local issuer, the authorization code flow with
// PKCE, state and nonce, userinfo, refreshing, client credentials and revocation. A fetch that keeps cookies stands in
// for the browser.
import assert from 'node:assert';
import * as oidc from 'openid-client';
import * as cognito from '@aws-sdk/client-cognito-identity-provider';

const endpoint = process.env.COGNITO_ENDPOINT;
const client = new cognito.CognitoIdentityProviderClient({ endpoint });
const call = (name, input) => client.send(new cognito[`${name}Command`](input));
const redirect_uri = 'http://localhost:3001/callback';

const { UserPool: { Id: UserPoolId } } = await call('CreateUserPool', { PoolName: 'oidc' });
await call('CreateUserPoolDomain', { UserPoolId, Domain: 'oidc-pages' });
await call('CreateResourceServer', { UserPoolId, Identifier: 'api', Name: 'api', Scopes: [{ ScopeName: 'read', ScopeDescription: 'Read' }] });
const { UserPoolClient: web } = await call('CreateUserPoolClient', {
  UserPoolId, ClientName: 'web', GenerateSecret: true, CallbackURLs: [redirect_uri], AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code'], AllowedOAuthScopes: ['openid', 'email', 'profile', 'api/read'],
});
const { UserPoolClient: machine } = await call('CreateUserPoolClient', {
  UserPoolId, ClientName: 'machine', GenerateSecret: true, AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['client_credentials'], AllowedOAuthScopes: ['api/read'],
});
await call('AdminCreateUser', {
  UserPoolId, Username: 'grace', MessageAction: 'SUPPRESS', UserAttributes: [{ Name: 'email', Value: 'grace@example.com' }, { Name: 'email_verified', Value: 'true' }],
});
await call('AdminSetUserPassword', { UserPoolId, Username: 'grace', Password: 'Passw0rd!', Permanent: true });

// Plain HTTP, on this machine.
const options = { execute: [oidc.allowInsecureRequests] };
const config = await oidc.discovery(new URL(`${endpoint}/${UserPoolId}`), web.ClientId, web.ClientSecret, undefined, options);
assert.strictEqual(config.serverMetadata().issuer, `${endpoint}/${UserPoolId}`);

const code_verifier = oidc.randomPKCECodeVerifier();
const state = oidc.randomState();
const nonce = oidc.randomNonce();
const authorize = oidc.buildAuthorizationUrl(config, {
  redirect_uri, scope: 'openid email api/read', state, nonce, code_challenge: await oidc.calculatePKCECodeChallenge(code_verifier), code_challenge_method: 'S256',
});

const cookies = new Map();
async function go(url, form) {
  const reply = await fetch(url, {
    method: form ? 'POST' : 'GET', body: form && new URLSearchParams(form), redirect: 'manual', headers: { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
  });
  for (const line of reply.headers.getSetCookie()) {
    const [name, value] = line.split(';')[0].split('=');
    cookies.set(name, value);
  }
  const location = reply.headers.get('location');
  return { status: reply.status, text: await reply.text(), location: location && new URL(location, url) };
}
const login = await go(authorize);
const page = await go(login.location);
const action = new URL(/action="([^"]*)"/.exec(page.text)[1].replaceAll('&amp;', '&'), login.location);
const done = await go(action, { _csrf: cookies.get('XSRF-TOKEN'), username: 'grace', password: 'Passw0rd!' });
assert.ok(done.location.href.startsWith(redirect_uri), done.text);

const checks = { pkceCodeVerifier: code_verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
await assert.rejects(oidc.authorizationCodeGrant(config, done.location, { ...checks, pkceCodeVerifier: oidc.randomPKCECodeVerifier() }), { error: 'invalid_grant' });
const tokens = await oidc.authorizationCodeGrant(config, done.location, checks);
const claims = tokens.claims();
assert.strictEqual(claims.email, 'grace@example.com');
assert.strictEqual(claims['cognito:username'], 'grace');
await assert.rejects(oidc.authorizationCodeGrant(config, done.location, checks), { error: 'invalid_grant' });

const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
assert.strictEqual(info.email, 'grace@example.com');
assert.strictEqual(info.username, 'grace');
const again = await oidc.refreshTokenGrant(config, tokens.refresh_token);
assert.strictEqual(again.claims().sub, claims.sub);
await oidc.tokenRevocation(config, tokens.refresh_token);
await assert.rejects(oidc.refreshTokenGrant(config, tokens.refresh_token), { error: 'invalid_grant' });

const forMachines = await oidc.discovery(new URL(`${endpoint}/${UserPoolId}`), machine.ClientId, machine.ClientSecret, oidc.ClientSecretBasic(), options);
// Rotation, at the token endpoint too.
await call('UpdateUserPoolClient', {
  UserPoolId, ClientId: web.ClientId, CallbackURLs: [redirect_uri], AllowedOAuthFlowsUserPoolClient: true, AllowedOAuthFlows: ['code'],
  AllowedOAuthScopes: ['openid', 'email', 'profile', 'api/read'], RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 0 },
});
const back = await go(authorize);
const rotating = await oidc.authorizationCodeGrant(config, back.location, checks);
const rotated = await oidc.refreshTokenGrant(config, rotating.refresh_token);
assert.notStrictEqual(rotated.refresh_token, rotating.refresh_token);
await assert.rejects(oidc.refreshTokenGrant(config, rotating.refresh_token), { error: 'invalid_grant' });
await oidc.refreshTokenGrant(config, rotated.refresh_token);

const granted = await oidc.clientCredentialsGrant(forMachines, { scope: 'api/read' });
assert.strictEqual(granted.token_type, 'bearer');
await assert.rejects(oidc.clientCredentialsGrant(forMachines, { scope: 'api/write' }), { error: 'invalid_scope' });
console.log('all good');
