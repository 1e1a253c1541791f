// An OpenID provider on loopback: `node provider.mjs SETTINGS [--port N] [--host NAME]`, in the folder that
// has its packages. It says {"issuer": ...} on standard output, and ends when its standard input does.
//
// SETTINGS is JSON, read again at each use, so that a person or a client may change while it runs:
//   people:  [{sub, ...claims}]      who may sign in; no password is asked for
//   clients: [client metadata]       OpenID Connect Dynamic Client Registration 1.0, section 2
//   claims_in: "id_token" | "userinfo"   where name, email and groups stand: UserInfo alone, as with Okta
//   keys:    path of the signing keys, made when missing; without it they last as long as the process
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';

const packages = createRequire(`${process.cwd()}/`);
const load = (name) => import(pathToFileURL(packages.resolve(name)));
const { Provider } = await load('oidc-provider');
const { default: MemoryAdapter } = await load('oidc-provider/lib/adapters/memory_adapter.js');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '0' }, host: { type: 'string', default: '127.0.0.1' } },
});
const [settingsPath] = positionals;
const settings = () => JSON.parse(readFileSync(settingsPath, 'utf8'));

const ALGORITHMS = [
  ['RS256', 'rsa', { modulusLength: 2048 }],
  ['ES256', 'ec', { namedCurve: 'P-256' }],
  ['EdDSA', 'ed25519', {}],
];

function newKeys() {
  return ALGORITHMS.map(([alg, type, options]) => ({
    ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }),
    alg,
    use: 'sig',
  }));
}

function signingKeys() {
  const { keys: path } = settings();
  if (path && existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
  const made = newKeys();
  if (path) writeFileSync(path, JSON.stringify(made), { mode: 0o600 });
  return made;
}

// Clients come from the settings: a redirect URI may be known only when the stack runs.
class Adapter extends MemoryAdapter {
  async find(id) {
    if (this.model !== 'Client') return super.find(id);
    return settings().clients.find((client) => client.client_id === id);
  }
}

function findAccount(ctx, sub) {
  const person = settings().people.find((each) => each.sub === sub);
  return person && { accountId: sub, claims: () => person };
}

// The client is the company's own: nobody is asked whether it may see who signed in.
async function loadExistingGrant(ctx) {
  const { client, session, params, provider } = ctx.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(params.scope);
  await grant.save();
  return grant;
}

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text) => String(text).replace(/[&<>"']/g, (mark) => ESCAPES[mark]);

function choicePage() {
  const choices = settings().people.map(
    ({ sub, name, email }) =>
      `<li><button name="login" value="${escaped(sub)}">${escaped(name ?? sub)}</button> ${escaped(email ?? '')}</li>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Demo identity provider</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<style>body{font:16px sans-serif;max-width:32rem;margin:3rem auto}li{margin:.5rem 0}
button{font:inherit;padding:.3rem .8rem}ul{list-style:none;padding:0}</style>
<main><h1>Demo identity provider</h1><p>Choose who signs in. It asks for no password: it is for this machine only.</p>
<form method="post"><ul>${choices.join('')}</ul><button name="cancel" value="1">Cancel</button></form></main></html>`;
}

async function posted(request) {
  let body = '';
  for await (const part of request) body += part;
  return new URLSearchParams(body);
}

async function finish(provider, request, response) {
  const form = await posted(request);
  const accountId = form.get('login');
  const person = settings().people.find(({ sub }) => sub === accountId);
  const result = person
    ? { login: { accountId, remember: true, amr: person.amr } }
    : { error: 'access_denied', error_description: 'The person cancelled the sign-in.' };
  await provider.interactionFinished(request, response, result);
}

async function interact(provider, request, response) {
  try {
    await provider.interactionDetails(request, response);
    if (request.method === 'POST') return await finish(provider, request, response);
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
    response.end(choicePage());
  } catch (problem) {
    response.writeHead(400, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end(`This sign-in is not under way: ${problem.message}\n`);
  }
}

// A page of another name that leads to this address (DNS rebinding) would sign in as anybody.
function refuse(response) {
  response.writeHead(421, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end('This provider is at another address.\n');
}

function newProvider(issuer) {
  return new Provider(issuer, {
    adapter: Adapter,
    findAccount,
    loadExistingGrant,
    jwks: { keys: signingKeys() },
    claims: {
      openid: ['sub', 'groups', 'roles', 'hasgroups', 'hd', 'tid', 'amr'],
      profile: ['name', 'preferred_username'],
      email: ['email', 'email_verified'],
    },
    conformIdTokenClaims: settings().claims_in === 'userinfo',
    scopes: ['openid', 'profile', 'email', 'offline_access'],
    responseTypes: ['code'],
    pkce: { required: () => true },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    clientDefaults: { require_auth_time: true },
    enabledJWA: { idTokenSigningAlgValues: ALGORITHMS.map(([alg]) => alg) },
    // Cookies of one host are seen on all of its ports: these names are nobody else's.
    cookies: {
      keys: [crypto.randomUUID()],
      names: { session: 'demo_op_session', interaction: 'demo_op_interaction', resume: 'demo_op_resume' },
    },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    ttl: { Session: 12 * 3600, Interaction: 600, Grant: 12 * 3600, IdToken: 600, AccessToken: 600 },
  });
}

const server = createServer();
server.listen(Number(values.port), '127.0.0.1', () => {
  const issuer = `http://${values.host}:${server.address().port}`;
  const provider = newProvider(issuer);
  const answer = provider.callback();
  provider.on('server_error', (ctx, problem) => console.error(problem));
  server.on('request', (request, response) => {
    if (request.headers.host !== new URL(issuer).host) return refuse(response);
    return request.url.startsWith('/interaction/') ? interact(provider, request, response) : answer(request, response);
  });
  console.log(JSON.stringify({ issuer }));
});
process.stdin.on('end', () => process.exit(0)).resume();
