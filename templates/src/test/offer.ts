import type { JsonObject, Tool } from '../runtime/api.js';
import { isRead } from '../runtime/operations/three.js';

/** The parameters of `tools/call`. */
export interface CallParams {
  readonly name: string;
  readonly arguments: JsonObject;
}

/** How a server offers its operations: each as a tool, or through three tools that find and call them. */
export interface Offered {
  /** The first of these that `main.ts` still offers under its name. */
  readonly first: (tools: readonly Tool[]) => Promise<Tool | undefined>;
  /** What a client sends to call an operation. */
  readonly paramsOf: (tool: Tool, args: JsonObject) => CallParams;
  /** The same through the tool for the other kind of operations; absent if there is none. */
  readonly wrongParamsOf?: (tool: Tool, args: JsonObject) => CallParams;
}

/** The offer of a server that lists each operation. */
export function offerAll(listed: readonly string[]): Offered {
  return {
    first: (tools) => Promise.resolve(tools.find(({ name }) => listed.includes(name))),
    paramsOf: ({ name }, args) => ({ name, arguments: args }),
  };
}

/** How many operations one request asks for. */
const ASKED = 20;

/** The offer of a server that lists the three tools, then the pinned ones; `call` resolves to the text of a result. */
export function offerSearch(
  listed: readonly string[],
  call: (params: CallParams) => Promise<string>,
): Offered {
  const [find = '', read = '', write = '', ...pinned] = listed;
  const by = (name: string, tool: Tool, args: JsonObject): CallParams => ({
    name,
    arguments: { name: tool.name, arguments: args },
  });
  return {
    first: async (tools) => {
      const asked = tools.slice(0, ASKED);
      const names = asked.map(({ name }) => name);
      const text = await call({ name: find, arguments: { names } });
      return asked.find(({ name }) => !text.includes(`There is no operation "${name}"`));
    },
    paramsOf: (tool, args) =>
      pinned.includes(tool.name)
        ? { name: tool.name, arguments: args }
        : by(isRead(tool) ? read : write, tool, args),
    wrongParamsOf: (tool, args) => by(isRead(tool) ? write : read, tool, args),
  };
}
