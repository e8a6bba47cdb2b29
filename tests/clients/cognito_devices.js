// Remembered devices with amazon-cognito-identity-js at $COGNITO_ENDPOINT: confirmed at the first sign-in, proved by
// DEVICE_SRP_AUTH at the next in place of a code, listed, forgotten, and signed in again without.
const assert = require('node:assert');
const { AuthenticationDetails, CognitoUser, CognitoUserPool } = require('amazon-cognito-identity-js');
const cognito = require('@aws-sdk/client-cognito-identity-provider');

const endpoint = process.env.COGNITO_ENDPOINT;
const client = new cognito.CognitoIdentityProviderClient({ endpoint });
const call = (name, input) => client.send(new cognito[`${name}Command`](input));
const promise = (start) => new Promise((resolve, reject) => { start({ onSuccess: resolve, onFailure: reject }); });
const kept = new Map();
const Storage = {
  setItem: (key, value) => kept.set(key, value), getItem: (key) => kept.get(key), removeItem: (key) => kept.delete(key), clear: () => kept.clear(),
};

async function main() {
  const { UserPool: { Id: UserPoolId } } = await call('CreateUserPool', {
    PoolName: 'devices', MfaConfiguration: 'ON', SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::123456789012:role/sms' },
    DeviceConfiguration: { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true },
  });
  const { UserPoolClient: { ClientId } } = await call('CreateUserPoolClient', { UserPoolId, ClientName: 'web' });
  await call('AdminCreateUser', {
    UserPoolId, Username: 'ada', MessageAction: 'SUPPRESS', UserAttributes: [{ Name: 'phone_number', Value: '+15555550100' }],
  });
  await call('AdminSetUserPassword', { UserPoolId, Username: 'ada', Password: 'Passw0rd!', Permanent: true });
  const pool = new CognitoUserPool({ UserPoolId, ClientId, endpoint, Storage });
  // The last step that was asked for: "code", or "none".
  const signIn = (user) => new Promise((resolve, reject) => {
    let asked = 'none';
    const callbacks = {
      onSuccess: () => resolve(asked),
      onFailure: reject,
      mfaRequired: async () => {
        asked = 'code';
        const [{ code }] = await (await fetch(`${endpoint}/_offstage/mailbox`)).json();
        user.sendMFACode(code, callbacks);
      },
    };
    user.authenticateUser(new AuthenticationDetails({ Username: 'ada', Password: 'Passw0rd!' }), callbacks);
  });

  const user = new CognitoUser({ Username: 'ada', Pool: pool, Storage });
  assert.strictEqual(await signIn(user), 'code');
  // The library has confirmed the device; until the user asks for it, it stands for nothing.
  assert.strictEqual(await signIn(user), 'code');
  assert.strictEqual(await promise((done) => user.setDeviceStatusRemembered(done)), 'SUCCESS');
  assert.strictEqual(await signIn(user), 'none');
  const { Devices } = await promise((done) => user.listDevices(10, null, done));
  assert.strictEqual(Devices.length, 1);
  assert.strictEqual(Devices[0].DeviceKey, user.getSignInUserSession().getAccessToken().payload.device_key);
  await promise((done) => user.getDevice(done));
  await new Promise((resolve, reject) => { user.refreshSession(user.getSignInUserSession().getRefreshToken(), (error) => (error ? reject(error) : resolve())); });
  // Forgotten elsewhere: the library's key is refused, and it signs in without.
  await call('AdminForgetDevice', { UserPoolId, Username: 'ada', DeviceKey: Devices[0].DeviceKey });
  assert.strictEqual(await signIn(user), 'code');
  console.log('all good');
}

main().catch((error) => { console.error(error); process.exit(1); });
