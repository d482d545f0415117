/** A tool name that a file and an identifier can be derived from; the plan guarantees it. */
const toolName = /^[a-z0-9_-]{1,64}$/;

/** Words that cannot be declared in a module, and names that generated files declare or import themselves. */
const reserved =
  'Api Tool ToolName api scopes toolList arguments await break case catch class const continue debugger default delete do ' +
  'else enum eval export extends false finally for function globalThis if implements import in instanceof ' +
  'interface let new null package private protected public return static super switch this throw true try ' +
  'typeof undefined var void while with yield';

const reservedIdentifier = new RegExp(`^(?:${reserved.replaceAll(' ', '|')})_*$`);

/** Names that Windows reserves for devices, with any extension. */
const reservedStem = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:-tool)*$/;

/**
 * The constant that holds a tool: `list_pets` becomes `listPets`.
 *
 * Different names (`-` and `_` being the same) have different identifiers, because each step can be undone. An upper
 * case letter means `_` and that letter, since names contain no upper case letters. A reserved word, with any number of
 * `_` after it, gets one more `_`; a name that starts with a digit gets one before it.
 */
export function toolIdentifier(name: string): string {
  const camel = checked(name)
    .replaceAll('-', '_')
    .replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (/^_*[0-9]/.test(camel)) return `_${camel}`;
  return reservedIdentifier.test(camel) ? `${camel}_` : camel;
}

/** The file of a tool in `src/generated/tools`, without extension; different names have different files, too. */
export function toolFileStem(name: string): string {
  const stem = checked(name).replaceAll('_', '-');
  return reservedStem.test(stem) ? `${stem}-tool` : stem;
}

function checked(name: string): string {
  if (!toolName.test(name)) throw new Error(`Not a tool name: ${JSON.stringify(name)}`);
  return name;
}
