// A page as a developer writes it with aws-amplify v6: sign-up, confirmation, SRP sign-in, the hosted
// pages, a protected route, sign-out. What happened last is in <output>. /config.json says where.
import { Amplify } from 'aws-amplify';
import {
  autoSignIn, confirmSignUp, fetchAuthSession, fetchUserAttributes, getCurrentUser, signIn, signInWithRedirect, signOut, signUp,
} from 'aws-amplify/auth';
import { Hub } from 'aws-amplify/utils';
import 'aws-amplify/auth/enable-oauth-listener';

const show = (text) => { document.querySelector('output').textContent = text; };
const element = (id) => document.getElementById(id);
const failed = (error) => show(`${error.name}: ${error.message}`);

function onSubmit(id, action) {
  element(id).addEventListener('submit', (event) => {
    event.preventDefault();
    show('…');
    action(Object.fromEntries(new FormData(event.target))).then(show, failed);
  });
}
function onClick(id, action) {
  element(id).addEventListener('click', () => { show('…'); action().then((text) => text && show(text), failed); });
}

async function whoIsIt() {
  const { username } = await getCurrentUser();
  const { email } = await fetchUserAttributes();
  return `signed in ${username} ${email}`;
}

async function main() {
  const config = await (await fetch('/config.json')).json();
  Hub.listen('auth', ({ payload }) => {
    if (payload.event === 'signInWithRedirect') whoIsIt().then(show, failed);
    if (payload.event === 'signInWithRedirect_failure') show(`failed: ${payload.data.error.message}`);
  });
  Amplify.configure({ Auth: { Cognito: config.cognito } });

  let email;
  onSubmit('sign-up', async (form) => {
    email = form.email;
    const { nextStep } = await signUp({
      username: email, password: form.password, options: { userAttributes: { name: 'Ada' }, autoSignIn: { authFlowType: 'USER_SRP_AUTH' } },
    });
    return `${nextStep.signUpStep} ${nextStep.codeDeliveryDetails.destination}`;
  });
  onSubmit('confirm', async ({ code }) => {
    const { nextStep } = await confirmSignUp({ username: email, confirmationCode: code });
    if (nextStep.signUpStep !== 'COMPLETE_AUTO_SIGN_IN') return nextStep.signUpStep;
    await autoSignIn();
    return whoIsIt();
  });
  onSubmit('sign-in', async (form) => {
    const { nextStep } = await signIn({ username: form.email, password: form.password });
    return nextStep.signInStep === 'DONE' ? whoIsIt() : nextStep.signInStep;
  });
  onClick('hosted', () => signInWithRedirect());
  onClick('members', async () => {
    const { tokens } = await fetchAuthSession();
    const reply = await fetch(config.members, tokens ? { headers: { Authorization: `Bearer ${tokens.accessToken}` } } : {});
    return `${reply.status} ${await reply.text()}`;
  });
  onClick('refresh', async () => {
    const before = (await fetchAuthSession()).tokens.accessToken;
    const after = (await fetchAuthSession({ forceRefresh: true })).tokens.accessToken;
    const same = before.payload.origin_jti === after.payload.origin_jti && before.payload.jti !== after.payload.jti;
    return same ? 'refreshed' : 'the same tokens';
  });
  onClick('sign-out', async () => { await signOut(); return 'signed out'; });
}

main().catch(failed);
