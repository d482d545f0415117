import { hierarchy, treemap, treemapSquarify, type HierarchyRectangularNode } from 'd3-hierarchy';

/** A tool, its group, and the cost of listing it. */
export interface Cost {
  readonly name: string;
  readonly group: string;
  readonly tokens: number;
}

/** A rectangle, as an inline style in percent of the whole. */
interface Placed {
  readonly name: string;
  readonly tokens: number;
  readonly box: string;
}

interface Node {
  readonly name: string;
  readonly tokens?: number;
  readonly children?: readonly Node[];
}

// Units of the layout only: the page scales them. The space at the top of a group is for its name.
const [width, height, heading] = [1120, 630, 17];

/** Rectangles whose areas are shares of the tokens, the tools of a group side by side (squarified treemap). */
export function layOut(costs: readonly Cost[]): { groups: Placed[]; tiles: Placed[] } {
  const names = [...new Set(costs.map(({ group }) => group))];
  const children = names.map((name) => ({
    name,
    children: costs.filter(({ group }) => group === name),
  }));
  const root = hierarchy<Node>({ name: '', children }, (node) => node.children as Node[])
    .sum(({ tokens = 0 }) => tokens)
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const placed = treemap<Node>()
    .tile(treemapSquarify)
    .size([width, height])
    .paddingTop((node) => (node.depth === 1 ? heading : 0))
    .paddingInner(1)(root);
  return { groups: (placed.children ?? []).map(place), tiles: placed.leaves().map(place) };
}

function place({ data, value = 0, x0, x1, y0, y1 }: HierarchyRectangularNode<Node>): Placed {
  const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(3)}%`;
  const box = [
    `left:${share(x0, width)}`,
    `top:${share(y0, height)}`,
    `width:${share(x1 - x0, width)}`,
    `height:${share(y1 - y0, height)}`,
  ].join(';');
  return { name: data.name, tokens: value, box };
}
