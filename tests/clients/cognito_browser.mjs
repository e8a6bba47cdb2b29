// Chromium at a page of aws-amplify v6 (amplify/page.js), against $COGNITO_ENDPOINT: everything through the API
// first, then through the hosted pages over https. $POOL_ID, $CLIENT_ID, $HTTPS_PORT, $DOMAIN; $MEMBERS is a
// route with a JWT authorizer; $CHROMIUM the browser.
import assert from 'node:assert';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { CognitoIdentityProviderClient, UpdateUserPoolClientCommand } from '@aws-sdk/client-cognito-identity-provider';

const { COGNITO_ENDPOINT: endpoint, POOL_ID: userPoolId, CLIENT_ID: userPoolClientId, HTTPS_PORT, DOMAIN, MEMBERS, CHROMIUM } = process.env;
const LIMIT_MS = 30000;
const here = join(dirname(fileURLToPath(import.meta.url)), 'amplify');

async function servePage(config) {
  const { outputFiles: [bundle] } = await build({ entryPoints: [join(here, 'page.js')], bundle: true, write: false, format: 'iife', logLevel: 'error' });
  const html = await readFile(join(here, 'page.html'));
  const server = createServer((request, response) => {
    const path = request.url.split('?')[0];
    if (path === '/page.js') return response.setHeader('Content-Type', 'text/javascript').end(bundle.contents);
    if (path === '/config.json') return response.setHeader('Content-Type', 'application/json').end(JSON.stringify(config()));
    if (path === '/') return response.setHeader('Content-Type', 'text/html').end(html);
    return response.writeHead(404).end();
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return server;
}

let home;
const server = await servePage(() => ({
  members: MEMBERS,
  cognito: {
    userPoolId, userPoolClientId, userPoolEndpoint: endpoint,
    loginWith: {
      email: true,
      oauth: {
        domain: `localhost:${HTTPS_PORT}/_domains/${DOMAIN}`, scopes: ['openid', 'email', 'aws.cognito.signin.user.admin'],
        redirectSignIn: [home], redirectSignOut: [home], responseType: 'code',
      },
    },
  },
}));
home = `http://localhost:${server.address().port}/`;
const cognito = new CognitoIdentityProviderClient({ endpoint });
await cognito.send(new UpdateUserPoolClientCommand({
  UserPoolId: userPoolId, ClientId: userPoolClientId, CallbackURLs: [home], LogoutURLs: [home], AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code'], AllowedOAuthScopes: ['openid', 'email', 'aws.cognito.signin.user.admin'], SupportedIdentityProviders: ['COGNITO'],
}));

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
try {
  // The certificate is of the deployment's own authority, which no browser knows.
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 390, height: 844 } });
  context.setDefaultTimeout(LIMIT_MS);
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  const output = async (pattern) => {
    await page.waitForFunction((source) => new RegExp(source).test(document.querySelector('output')?.textContent ?? ''), pattern.source)
      .catch(async (error) => { throw new Error(`${error.message}\nat ${page.url()}:\n${await page.innerText('body')}\n${problems.join('\n')}`); });
    return page.innerText('output');
  };
  const submit = async (id, fields) => {
    for (const [name, value] of Object.entries(fields)) await page.fill(`#${id} [name=${name}]`, value);
    await page.click(`#${id} button`);
  };
  // As a person does: the newest message of the mailbox page.
  const codeFromMailbox = async () => {
    const mailbox = await context.newPage();
    await mailbox.goto(`${endpoint}/_offstage/mailbox`);
    const code = (await mailbox.innerText('.code >> nth=0')).trim();
    await mailbox.close();
    return code;
  };

  // Through the API.
  await page.goto(home);
  await page.click('#members');
  await output(/^401 /);
  await submit('sign-up', { email: 'ada@example.com', password: 'short' });
  await output(/^InvalidPasswordException: Password did not conform with policy: Password not long enough$/);
  await submit('sign-up', { email: 'ada@example.com', password: 'Passw0rd!' });
  await output(/^CONFIRM_SIGN_UP a\*\*\*@e\*\*\*$/);
  await submit('confirm', { code: '000000x' });
  await output(/^CodeMismatchException: /);
  await submit('confirm', { code: await codeFromMailbox() });
  await output(/^signed in [0-9a-f-]{36} ada@example\.com$/);
  await page.click('#members');
  const members = JSON.parse((await output(/^200 /)).slice(4));
  assert.strictEqual(members.claims.client_id, userPoolClientId);
  await page.click('#refresh');
  await output(/^refreshed$/);
  // What Amplify keeps is enough after a reload.
  await page.reload();
  await page.click('#members');
  await output(/^200 /);
  await page.click('#sign-out');
  await output(/^signed out$/);
  await page.click('#members');
  await output(/^401 /);
  await submit('sign-in', { email: 'ada@example.com', password: 'wrong' });
  await output(/^NotAuthorizedException: Incorrect username or password\.$/);
  await submit('sign-in', { email: 'ADA@example.com', password: 'Passw0rd!' });
  await output(/^signed in /);
  await page.click('#sign-out');
  await output(/^signed out$/);

  // Through the hosted pages.
  await page.click('#hosted');
  await page.waitForURL(`https://localhost:${HTTPS_PORT}/_domains/${DOMAIN}/login?**`);
  assert.match(await page.innerText('footer'), /local stand-in/);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'fits a phone');
  await page.click('text=Sign up');
  await page.fill('[name=username]', 'bo@example.com');
  await page.fill('[name=password]', 'Passw0rd!');
  for (const field of await page.locator('input[name^="attribute:"]').all()) await field.fill('Bo');
  await page.click('button');
  await page.waitForURL('**/confirm?**');
  await page.fill('[name=code]', await codeFromMailbox());
  await page.click('button');
  await page.waitForURL('**/login?**');
  await page.fill('[name=username]', 'bo@example.com');
  await page.fill('[name=password]', 'wrong');
  await page.click('button');
  await page.waitForSelector('[role=alert]');
  assert.match(await page.innerText('[role=alert]'), /Incorrect username or password\./);
  await page.fill('[name=password]', 'Passw0rd!');
  await page.click('button');
  await output(/^signed in [0-9a-f-]{36} bo@example\.com$/);
  assert.ok(page.url().startsWith(home));
  await page.click('#members');
  assert.strictEqual(JSON.parse((await output(/^200 /)).slice(4)).claims.scope, 'openid email aws.cognito.signin.user.admin');
  // Signing out ends the session at the pages too: they ask again.
  await page.click('#sign-out');
  await page.waitForURL(home);
  await page.click('#hosted');
  await page.waitForURL('**/login?**');
  assert.deepStrictEqual(problems, []);
  console.log('all good');
} finally {
  await browser.close();
  server.closeAllConnections();
  server.close();
}
