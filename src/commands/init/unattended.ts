import { generateCommand } from '../../project/generate.js';
import type { GenerateFlags } from '../../project/flags.js';
import { neededCredentials } from '../../emit/credentials-view.js';
import { InputError, type Problem } from '../../errors.js';
import { printable, type Terminal } from '../../print/terminal.js';
import { checkIssuer } from './issuer-report.js';
import { formatCommand, generateWords } from './command-line.js';
import { formatVariables, openVariables } from './ask-upstream.js';
import { open, type Draft } from './open.js';

/**
 * The wizard without a terminal: every answer must be a flag. Resolves to the exit status. @throws InputError with
 * every missing flag
 */
export async function unattended(given: GenerateFlags, terminal: Terminal): Promise<number> {
  const draft = complete(given);
  const { document, plan } = await open(draft, terminal);
  const { authorizationServer } = plan.api;
  const issuer =
    authorizationServer === undefined ? undefined : await checkIssuer(authorizationServer);
  const command = generateWords(document, draft, terminal.program);
  const variables = [...openVariables(plan), ...neededCredentials(plan)];
  for (const concern of issuer?.concerns ?? []) terminal.remark(`${printable(concern)}\n`);
  terminal.remark(`${formatCommand(command)}\n\n`);
  const more = { command, variables, issuer };
  const status = await generateCommand(draft, terminal, { more });
  terminal.remark(formatVariables(variables));
  return status;
}

/** @throws InputError */
function complete(given: GenerateFlags): Draft {
  const { url, auth, oauthServer } = given;
  const problems = [
    ...(url === undefined ? [missingDocument] : []),
    ...(auth === undefined && oauthServer === undefined ? [missingCallers] : []),
  ];
  if (url === undefined || problems.length > 0) throw new InputError(problems);
  return { ...given, url };
}

const missingDocument: Problem = {
  code: 'MISSING_OPTION',
  message: 'No document was given, and there is no terminal to ask in.',
  place: '--url',
  remedy: 'Pass one: --url <file or URL>.',
};

const missingCallers: Problem = {
  code: 'MISSING_OPTION',
  message: 'It is not specified who may call the server, and there is no terminal to ask in.',
  place: '--oauth-server',
  remedy: 'Pass the authorization server, --oauth-server <issuer>, or --auth none.',
};
