import { callerWarnings } from '../../project/facts.js';
import type { Terminal } from '../../print/terminal.js';
import type { Asker } from './asker.js';
import { checkIssuer, type IssuerReport } from './issuer-report.js';
import { amend, type Opened, optionFault } from './open.js';

/** Asks who may call the server, unless a flag specifies it. */
export async function askCallers(
  opened: Opened,
  asker: Asker,
  terminal: Terminal,
): Promise<Opened> {
  const { auth, oauthServer } = opened.draft;
  asker.say(
    'step',
    'Authentication 1 of 2: who may call this server',
    'This is about the MCP clients in front of the server. How it calls the API comes next.',
  );
  if (oauthServer !== undefined) {
    show(await check(oauthServer, terminal), asker);
    return opened;
  }
  const answered = auth === undefined ? await askKind(opened, asker, terminal) : opened;
  const isOpen = answered.plan.api.authentication === 'none' && answered.isLocal !== true;
  if (isOpen) warnOfNoSignIn(answered, asker);
  return answered;
}

async function askKind(opened: Opened, asker: Asker, terminal: Terminal): Promise<Opened> {
  for (;;) {
    const { kind } = await asker.choose('Who may call this server?', [
      {
        label: 'Signed-in users (OAuth)',
        hint: 'the issuer comes next',
        kind: 'issuer',
      },
      {
        label: "Signed-in users; I'll add the authorization server later",
        hint: 'OAUTH_AUTHORIZATION_SERVER',
        kind: 'later',
      },
      { label: 'Only me, on this machine', hint: 'stdio: my client starts it', kind: 'me' },
      { label: 'No sign-in', hint: 'over HTTP, on this machine only', kind: 'none' },
    ]);
    if (kind === 'me') return amend({ ...opened, isLocal: true }, { auth: 'none' });
    if (kind === 'none') return amend(opened, { auth: 'none' });
    if (kind === 'later') return amend(opened, { auth: 'oauth2' });
    const oauthServer = await askIssuer(asker, terminal);
    if (oauthServer !== undefined) return amend(opened, { oauthServer });
  }
}

/** Undefined if the user wants to go back. */
async function askIssuer(asker: Asker, terminal: Terminal): Promise<string | undefined> {
  let issuer = '';
  for (;;) {
    issuer = await asker.line({
      message: 'Which issuer URL does the authorization server have? (the iss of its tokens)',
      placeholder: 'https://auth.example.com',
      initial: issuer,
      fault: (value) => optionFault({ oauthServer: value }),
    });
    const report = await check(issuer, terminal);
    show(report, asker);
    if (report.ok) return issuer;
    const { next } = await asker.choose('This issuer could not be verified.', [
      { label: 'Try again', hint: 'or enter another', next: 'again' },
      { label: 'Keep it anyway', hint: 'it may not be running yet', next: 'keep' },
      { label: 'Back', hint: 'who may call this server', next: 'back' },
    ]);
    if (next === 'keep') return issuer;
    if (next === 'back') return undefined;
  }
}

function check(issuer: string, terminal: Terminal): Promise<IssuerReport> {
  terminal.progress(`Asking ${issuer} for its metadata`);
  return checkIssuer(issuer);
}

function show({ issuer, ok, facts, concerns }: IssuerReport, asker: Asker): void {
  if (ok) asker.say('success', `${issuer} responds.`, ...facts);
  if (concerns.length > 0) asker.say('warn', ...(ok ? [] : facts), ...concerns);
}

function warnOfNoSignIn({ plan: { api } }: Opened, asker: Asker): void {
  asker.say(
    'warn',
    'There is no sign-in: anyone who can reach the server can use every tool.',
    'It listens on this machine only, unless MCP_ALLOW_UNAUTHENTICATED is true.',
    ...callerWarnings(api.authentication, Object.values(api.scopes)).map(({ message }) => message),
  );
}
