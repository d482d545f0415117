import * as prettier from 'prettier';

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly Node[];
}

interface Debug {
  parse(text: string, options: prettier.Options): Promise<{ ast: Node }>;
}

/** The nodes of a Markdown text, as Prettier's parser sees it. */
export async function markdownNodes(text: string): Promise<Node[]> {
  const { __debug: debug } = prettier as unknown as { __debug: Debug };
  const { ast } = await debug.parse(text, { parser: 'markdown' });
  return flatten(ast);
}

function flatten(node: Node): Node[] {
  return [node, ...(node.children ?? []).flatMap(flatten)];
}
