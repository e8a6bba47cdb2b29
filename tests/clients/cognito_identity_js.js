// amazon-cognito-identity-js, unmodified: SRP sign-up to sign-out in the user pool $POOL_ID with the
// client $CLIENT_ID at $COGNITO_ENDPOINT. Codes come from the mailbox.
const assert = require('node:assert');
const {
  AuthenticationDetails, CognitoRefreshToken, CognitoUser, CognitoUserAttribute, CognitoUserPool,
} = require('amazon-cognito-identity-js');

const { COGNITO_ENDPOINT: endpoint, POOL_ID: UserPoolId, CLIENT_ID: ClientId } = process.env;
const email = process.env.EMAIL || 'ada@example.com';
const pool = new CognitoUserPool({ UserPoolId, ClientId, endpoint });
const promise = (start) => new Promise((resolve, reject) => { start((error, value) => (error ? reject(error) : resolve(value))); });
const lastCode = async () => {
  const messages = await (await fetch(`${endpoint}/_offstage/mailbox?to=${encodeURIComponent(email)}`)).json();
  return messages[0].code;
};
const userOf = () => new CognitoUser({ Username: email, Pool: pool });
const signIn = (user, Password) => new Promise((resolve, reject) => {
  user.authenticateUser(new AuthenticationDetails({ Username: email, Password }), { onSuccess: resolve, onFailure: reject });
});

async function main() {
  await assert.rejects(promise((done) => pool.signUp(email, 'short', [], null, done)), { name: 'InvalidPasswordException' });
  const signedUp = await promise((done) => pool.signUp(email, 'Passw0rd!', [
    new CognitoUserAttribute({ Name: 'name', Value: 'Ada' }),
  ], null, done));
  assert.strictEqual(signedUp.userConfirmed, false);
  assert.strictEqual(signedUp.codeDeliveryDetails.DeliveryMedium, 'EMAIL');
  await assert.rejects(signIn(userOf(), 'Passw0rd!'), { name: 'UserNotConfirmedException', message: 'User is not confirmed.' });
  await promise((done) => userOf().resendConfirmationCode(done));
  await assert.rejects(promise((done) => userOf().confirmRegistration('000000x', true, done)), { name: 'CodeMismatchException' });
  assert.strictEqual(await promise((done) => lastCode().then((code) => userOf().confirmRegistration(code, true, done))), 'SUCCESS');

  await assert.rejects(signIn(userOf(), 'wrong'), { name: 'NotAuthorizedException', message: 'Incorrect username or password.' });
  const user = userOf();
  const session = await signIn(user, 'Passw0rd!');
  assert.ok(session.isValid());
  const id = session.getIdToken().payload;
  assert.strictEqual(id.iss, `https://cognito-idp.us-east-1.amazonaws.com/${UserPoolId}`);
  assert.strictEqual(id.aud, ClientId);
  assert.strictEqual(id.token_use, 'id');
  assert.strictEqual(id.email, email);
  assert.strictEqual(id.email_verified, true);
  assert.strictEqual(id['cognito:username'], signedUp.userSub);
  assert.strictEqual(session.getAccessToken().payload.scope, 'aws.cognito.signin.user.admin');

  const attributes = await promise((done) => user.getUserAttributes(done));
  assert.strictEqual(attributes.find((row) => row.getName() === 'name').getValue(), 'Ada');
  await promise((done) => user.updateAttributes([new CognitoUserAttribute({ Name: 'name', Value: 'Ada L.' })], done));
  await promise((done) => user.changePassword('Passw0rd!', 'Another1!', done));
  const refreshed = await promise((done) => user.refreshSession(new CognitoRefreshToken({ RefreshToken: session.getRefreshToken().getToken() }), done));
  assert.strictEqual(refreshed.getIdToken().payload.name, 'Ada L.');
  assert.strictEqual(refreshed.getIdToken().payload.origin_jti, id.origin_jti);
  assert.strictEqual(refreshed.getIdToken().payload.auth_time, id.auth_time);

  const forgetful = userOf();
  await new Promise((resolve, reject) => { forgetful.forgotPassword({ onSuccess: resolve, inputVerificationCode: resolve, onFailure: reject }); });
  const code = await lastCode();
  await new Promise((resolve, reject) => { forgetful.confirmPassword(code, 'Third333!', { onSuccess: resolve, onFailure: reject }); });
  await assert.rejects(signIn(userOf(), 'Another1!'), { name: 'NotAuthorizedException' });
  await signIn(user, 'Third333!');
  await new Promise((resolve, reject) => { user.globalSignOut({ onSuccess: resolve, onFailure: reject }); });
  await assert.rejects(promise((done) => user.refreshSession(new CognitoRefreshToken({ RefreshToken: session.getRefreshToken().getToken() }), done)),
    { name: 'NotAuthorizedException', message: 'Refresh Token has been revoked' });
  console.log(`all good ${signedUp.userSub}`);
}

main().catch((error) => { console.error(error); process.exit(1); });
