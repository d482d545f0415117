import { sources, type Host } from './hosts.js';
import { everyTool, fail, notChecked, overlayLine, pass, type Rule, type Verdict } from './rule.js';
import { array, object, text } from '../../../json.js';
import type { SeenTool } from '../../../net/mcp-session.js';
import type { Subject } from './subject.js';

const { claudeReview, openaiSubmission, openaiReference, openaiAuthentication } = sources;
const { compatibility, tools: toolsPage } = sources;

const everywhere = {
  chatgpt: openaiReference,
  claude: claudeReview,
  vscode: toolsPage,
  cursor: toolsPage,
};

// ChatGPT requires all three, explicitly. Claude requires those that apply, which explicit ones cover.
const HINTS = ['readOnlyHint', 'destructiveHint', 'openWorldHint'];

const SAFE = ['GET', 'HEAD', 'OPTIONS'];
const UNSAFE = ['POST', 'PUT', 'PATCH', 'DELETE'];

/** The characters that the APIs of Anthropic and OpenAI accept in function names. */
const NAME = /^[A-Za-z0-9_-]+$/;
const LONGEST_NAME = 64;
const MOST_TOOLS = 128;

/** Requirements for the names, hints and methods of tools. */
export const toolRules: readonly Rule[] = [
  {
    id: 'title',
    hosts: { chatgpt: openaiReference, claude: claudeReview },
    sentence: 'Every tool has a title.',
    check: everyTool('Every tool has one.', (tool, subject) =>
      (text(tool['title']) ?? text(object(tool['annotations'])['title'])) === undefined
        ? {
            fault: 'has no title',
            remedy: overlayLine(tool, subject, '{ x-mcp: { title: "…" } }'),
          }
        : undefined,
    ),
  },
  {
    id: 'hints',
    hosts: { chatgpt: openaiSubmission, claude: claudeReview },
    sentence: 'Every tool states readOnlyHint, destructiveHint and openWorldHint.',
    check: everyTool('All three are stated.', (tool, subject) => {
      const stated = object(tool['annotations']);
      const missing = HINTS.filter((hint) => typeof stated[hint] !== 'boolean');
      if (missing.length === 0) return undefined;
      const update = `{ x-mcp: { annotations: { ${missing.map((hint) => `${hint}: …`).join(', ')} } } }`;
      return {
        fault: `lacks ${missing.join(', ')}`,
        remedy: overlayLine(tool, subject, update),
      };
    }),
  },
  {
    id: 'hints-consistent',
    hosts: { chatgpt: openaiSubmission, claude: claudeReview },
    sentence: 'The hints agree with one another and with what the tool does.',
    check: everyTool('They agree with each other and with the methods.', contradiction),
  },
  {
    id: 'name-characters',
    hosts: everywhere,
    sentence: 'Names consist of letters, digits, _ and -.',
    check: everyTool('All names do.', (tool, subject) =>
      NAME.test(tool.name)
        ? undefined
        : {
            fault: 'has other characters in its name',
            remedy: overlayLine(tool, subject, '{ x-mcp: { name: … } }'),
          },
    ),
  },
  {
    id: 'name-length',
    hosts: everywhere,
    sentence: `Names have at most ${LONGEST_NAME} characters.`,
    check: everyTool(`None is longer than ${LONGEST_NAME} characters.`, (tool, subject) =>
      tool.name.length <= LONGEST_NAME
        ? undefined
        : {
            fault: `has a name of ${tool.name.length} characters`,
            remedy: overlayLine(tool, subject, '{ x-mcp: { name: … } }'),
          },
    ),
  },
  {
    id: 'name-unique',
    hosts: everywhere,
    sentence: 'No two tools have the same name.',
    check: everyTool('Each name is unique.', (tool, { tools = [] }) =>
      tools.find(({ name }) => name === tool.name) === tool
        ? undefined
        : { fault: 'is listed twice', remedy: `Rename or leave out one of the two ${tool.name}.` },
    ),
  },
  {
    id: 'output-schema',
    hosts: { chatgpt: openaiReference },
    sentence: 'Every outputSchema describes an object.',
    check: checkOutputSchemas,
  },
  {
    id: 'tool-count',
    hosts: { vscode: compatibility },
    sentence: `At most ${MOST_TOOLS} tools are listed: VS Code sends no more with a request.`,
    check: ({ tools }) => {
      if (tools === undefined) return notChecked('The tools are not known.');
      if (tools.length <= MOST_TOOLS) return pass(`${tools.length} are listed.`);
      return fail(
        `${tools.length} are listed.`,
        'Choose operations with --include and --exclude, or generate with --tools search.',
      );
    },
  },
  {
    id: 'mixed-methods',
    hosts: { claude: claudeReview },
    sentence: 'No tool takes both safe and unsafe HTTP methods.',
    check: everyTool('Each tool has one kind of method.', mixture),
  },
  {
    id: 'security-schemes',
    hosts: { chatgpt: openaiAuthentication },
    sentence: 'Every tool has securitySchemes, and the same in _meta.',
    check: (subject, host) =>
      subject.isOpen === true
        ? pass('No token is required.')
        : everyTool('They are in both places.', missingSchemes)(subject, host),
  },
];

function contradiction(tool: SeenTool, subject: Subject) {
  const { readOnlyHint, destructiveHint } = object(tool['annotations']);
  const { method = '' } = subject.requests?.get(tool.name) ?? {};
  if (readOnlyHint === true && destructiveHint === true)
    return {
      fault: 'is called read-only and destructive',
      remedy: overlayLine(tool, subject, '{ x-mcp: { annotations: { readOnlyHint: false } } }'),
    };
  // A search by POST may only read; methods that replace or remove never do (RFC 9110 section 9.3).
  if (readOnlyHint === true && ['PUT', 'PATCH', 'DELETE'].includes(method))
    return {
      fault: `is called read-only, but sends ${method}`,
      remedy: overlayLine(tool, subject, '{ x-mcp: { annotations: { readOnlyHint: false } } }'),
    };
  if (destructiveHint === false && method === 'DELETE')
    return {
      fault: 'is called harmless, but sends DELETE',
      remedy: overlayLine(tool, subject, '{ x-mcp: { annotations: { destructiveHint: true } } }'),
    };
  return undefined;
}

/** A catch-all tool has an argument for the method and, unless its values are listed, another for the address. */
function mixture(tool: SeenTool) {
  const properties = object(object(tool['inputSchema'])['properties']);
  const names = Object.keys(properties);
  const method = names.find((name) => /^(http[_-]?)?(method|verb)$/i.test(name));
  if (method === undefined) return undefined;
  const listed = array(object(properties[method])['enum']);
  const values = listed.map((value) => (typeof value === 'string' ? value.toUpperCase() : ''));
  const mixes =
    values.length > 0
      ? SAFE.some((one) => values.includes(one)) && UNSAFE.some((one) => values.includes(one))
      : names.some((name) => /^(path|url|uri|endpoint)$/i.test(name));
  if (!mixes) return undefined;
  return {
    fault: `takes any method in its argument ${method}`,
    remedy: `Replace ${tool.name} with one tool that reads and others that write.`,
  };
}

function missingSchemes(tool: SeenTool) {
  const isList = (value: unknown) => Array.isArray(value) && value.length > 0;
  const top = isList(tool['securitySchemes']);
  const mirrored = isList(object(tool['_meta'])['securitySchemes']);
  if (top && mirrored) return undefined;
  return {
    fault: top ? 'has none in _meta' : mirrored ? 'has them in _meta only' : 'has none',
    remedy: 'Generate the project again with this version: it lists them in both places.',
  };
}

const noObjects = everyTool('All describe objects.', ({ outputSchema }) =>
  outputSchema === undefined || object(outputSchema)['type'] === 'object'
    ? undefined
    : {
        fault: 'has an outputSchema that does not describe an object',
        remedy: 'Generate the project again, or leave outputSchema out.',
      },
);

/**
 * ChatGPT's scan warns about tools without one, but accepts them; clients of the earlier era refuse lists with another
 * kind.
 */
function checkOutputSchemas(subject: Subject, host: Host): Verdict {
  const verdict = noObjects(subject, host);
  const { tools = [] } = subject;
  const without = tools.filter(({ outputSchema }) => outputSchema === undefined).length;
  if (verdict.status !== 'pass' || without === 0) return verdict;
  const which = without === tools.length ? 'No tool has one' : `${without} tools have none`;
  return pass(`${which}; the scan warns about it. generate --output-schemas adds them.`);
}
