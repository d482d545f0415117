import type { Json, JsonObject } from '../../load/document.js';
import { isObject, object, scalar, text } from '../../json.js';
import { resolve } from '../../pointer.js';
import { propertiesOf } from './properties.js';
import { brief, factsOf, nameOf, requiredOf } from './facts.js';

/** Depth to which elements are described. */
const MOST_LEVELS = 6;
/** Maximum lines of that description. */
const MOST_LINES = 60;

/** How a value is written in XML (OpenAPI 3.1, XML Object). */
interface Shape {
  readonly name: string;
  readonly namespace: string;
  readonly isAttribute: boolean;
  readonly isWrapped: boolean;
}

function shapeOf(schema: JsonObject, fallback: string): Shape {
  const xml = object(schema['xml']);
  const [prefix, namespace] = [text(xml['prefix']), text(xml['namespace'])];
  const name = text(xml['name']) ?? fallback;
  const attribute = prefix === undefined ? 'xmlns' : `xmlns:${prefix}`;
  return {
    name: prefix === undefined ? name : `${prefix}:${name}`,
    namespace: namespace === undefined ? '' : ` ${attribute}="${namespace}"`,
    isAttribute: xml['attribute'] === true,
    isWrapped: xml['wrapped'] === true,
  };
}

/** The elements that a schema describes, with their contents. */
export function describeXml(schema: Json | undefined, root: JsonObject): string {
  const lines: string[] = [];
  let lists = 0;
  const add = (depth: number, line: string) => lines.push('  '.repeat(depth) + line);
  element(schema, nameOf(schema) ?? 'root', false, 0);
  return lines.length > MOST_LINES
    ? [...lines.slice(0, MOST_LINES), '…'].join('\n')
    : lines.join('\n');

  function element(
    part: Json | undefined,
    fallback: string,
    isRequired: boolean,
    depth: number,
  ): void {
    const target = resolve(root, part);
    if (target['readOnly'] === true || depth > MOST_LEVELS || lines.length > MOST_LINES) return;
    const { name, namespace, isWrapped } = shapeOf(target, fallback);
    if (target['type'] === 'array') {
      list(target, { name, namespace, isWrapped }, fallback, isRequired, depth);
      return;
    }
    const children = [...propertiesOf(part, root)];
    const note = noteOf(target, isRequired);
    if (children.length === 0) {
      add(depth, `<${name}${namespace}>${factsOf(target, false, root)}</${name}>${note}`);
      return;
    }
    const required = requiredOf(part, root);
    const isAttribute = ([, value]: [string, Json]) =>
      shapeOf(resolve(root, value), '').isAttribute;
    const attributes = children.filter(isAttribute).map(([key, value]) => {
      const own = resolve(root, value);
      return ` ${shapeOf(own, key).name}="${factsOf(own, required.has(key), root)}"`;
    });
    add(depth, `<${name}${namespace}${attributes.join('')}>${note}`);
    for (const child of children)
      if (!isAttribute(child)) element(child[1], child[0], required.has(child[0]), depth + 1);
    add(depth, `</${name}>`);
  }

  function list(
    target: JsonObject,
    { name, namespace, isWrapped }: Pick<Shape, 'name' | 'namespace' | 'isWrapped'>,
    fallback: string,
    isRequired: boolean,
    depth: number,
  ): void {
    if (isWrapped || depth === 0) add(depth, `<${name}${namespace}>${noteOf(target, isRequired)}`);
    const inner = isWrapped || depth === 0 ? depth + 1 : depth;
    const before = lines.length;
    const { items } = target;
    lists += 1;
    // The lists of lists have no element, and so no depth, of their own.
    if (lists <= MOST_LEVELS)
      element(items, nameOf(items) ?? fallback, !isWrapped && isRequired, inner);
    lists -= 1;
    const first = lines[before];
    if (first !== undefined) lines[before] = `${first} <!-- any number of these -->`;
    if (isWrapped || depth === 0) add(depth, `</${name}>`);
  }
}

function noteOf(target: JsonObject, isRequired: boolean): string {
  const meaning = text(target['description']);
  const notes = [
    ...(isRequired ? ['required'] : []),
    ...(meaning === undefined ? [] : [brief(meaning)]),
  ];
  // Two hyphens would end a comment.
  return notes.length === 0 ? '' : ` <!-- ${notes.join('. ').replace(/-{2,}/g, '-')} -->`;
}

/** A value as XML, with the names of its schema. */
export function writeXml(schema: Json | undefined, value: Json, root: JsonObject): string {
  return element(schema, nameOf(schema) ?? 'root', value, 0);

  function element(part: Json | undefined, fallback: string, own: Json, depth: number): string {
    const target = resolve(root, part);
    const { name, namespace, isWrapped } = shapeOf(target, fallback);
    if (Array.isArray(own)) {
      const { items } = target;
      const inner = own
        .map((item) => element(items, nameOf(items) ?? fallback, item, depth + 1))
        .join('');
      return isWrapped || depth === 0 ? `<${name}${namespace}>${inner}</${name}>` : inner;
    }
    if (!isObject(own)) return `<${name}${namespace}>${escape(own)}</${name}>`;
    const properties = propertiesOf(part, root);
    const members = Object.entries(own).map(([key, item]) => {
      const schemaOf = properties.get(key);
      const shape = shapeOf(resolve(root, schemaOf), key);
      return shape.isAttribute
        ? { attribute: ` ${shape.name}="${escape(item)}"`, content: '' }
        : { attribute: '', content: element(schemaOf, key, item, depth + 1) };
    });
    const attributes = members.map(({ attribute }) => attribute).join('');
    const content = members.map((member) => member.content).join('');
    return `<${name}${namespace}${attributes}>${content}</${name}>`;
  }
}

function escape(value: Json): string {
  const written = value === null ? '' : (scalar(value) ?? JSON.stringify(value));
  return written.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
