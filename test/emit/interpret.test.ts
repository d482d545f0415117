import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import { interpret } from '../../src/emit/interpret.js';

const helpers = {
  loud: (text: string) => text.toUpperCase(),
  quoted: (text: string) => JSON.stringify(text),
};
const blocks = {
  short: (text: string, other: () => string) => (text.length < 5 ? text : other()),
};

const view = {
  name: 'petstore',
  yes: true,
  no: false,
  none: [],
  inner: { name: 'deep', list: ['x', 'y'] },
  rows: [
    { name: 'a', values: ['1', '2'] },
    { name: 'b', values: [], note: 'last' },
  ],
};

/** The same template, filled in by the library. */
function compiled(template: string): string {
  const handlebars = Handlebars.create();
  handlebars.registerHelper(helpers);
  handlebars.registerHelper({
    short(this: object, { fn, inverse }: Handlebars.HelperOptions) {
      return blocks.short(fn(this), () => inverse(this));
    },
  });
  return handlebars.compile(template, { noEscape: true, strict: true })(view);
}

const templates = [
  'plain {{loud name}} and {{loud inner.name}}, {{quoted (loud name)}}',
  '{{#if yes}}a{{else}}b{{/if}}{{#if no}}a{{else}}b{{/if}}{{#if none}}a{{else}}b{{/if}}{{#if gone}}a{{/if}}',
  '{{#unless no}}a{{else}}b{{/unless}}{{#unless rows}}a{{else}}b{{/unless}}',
  '{{#each rows}}{{#unless @first}}, {{/unless}}{{loud name}}{{#if note}} ({{loud note}}){{/if}}{{#if @last}}.{{/if}}{{/each}}',
  '{{#each rows}}{{#each values}}{{loud this}}{{loud ../name}}{{loud ../../name}}{{else}}none{{/each}}{{/each}}',
  '{{#each none}}a{{else}}b{{/each}}{{#each gone}}a{{else}}b{{/each}}',
  '{{#if no}}a{{else if yes}}b{{else}}c{{/if}}',
  'before\n{{#if yes}}\nalone on its line\n{{/if}}\nafter\n{{#each inner.list}}\n- {{loud this}}\n{{/each}}\n',
  'a  {{~#if yes~}}  b  {{~/if~}}  c {{! a comment }}\\{{ kept }}',
  '{{#short}}{{loud inner.name}}{{else}}long{{/short}} {{#short}}{{loud name}}{{else}}long{{/short}}',
];

describe('interpret', () => {
  it.each(templates)('fills in a template as Handlebars does: %j', (template) => {
    expect(interpret(template, view, helpers, blocks)).toBe(compiled(template));
  });

  it.each([
    ['{{shout name}}', 'No helper: shout'],
    ['{{name}}', 'No helper: name'],
    ['{{loud innner.name}}', 'No such value: innner.name'],
    ['{{#when yes}}a{{/when}}', 'No block: when'],
    ['{{> part}}', 'Not supported in templates: PartialStatement'],
    ['{{loud "text"}}', 'Not a value: StringLiteral'],
  ])('refuses %j', (template, message) => {
    expect(() => interpret(template, view, helpers, blocks)).toThrow(message);
  });
});
