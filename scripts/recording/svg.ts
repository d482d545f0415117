import { columns, rows, type Run, type Screen } from './terminal.js';

/** One frame of the recording: a terminal, or a browser page as a JPEG. */
export interface Frame {
  readonly seconds: number;
  readonly content: Screen | Buffer;
}

const CELL = { width: 8.43, height: 17 };
const PADDING = 14;
const BAR = 26;
const width = Math.ceil(columns * CELL.width + 2 * PADDING);
const height = rows * CELL.height + 2 * PADDING + BAR;

/** The size of a page that fills a frame, in pixels. */
export const pageSize = { width, height: height - BAR };

const palette = [
  ...['#6e7681', '#ff7b72', '#7ee787', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#c9d1d9'],
  ...['#8b949e', '#ffa198', '#a5f3b0', '#f2cc60', '#a5d6ff', '#e2c5ff', '#86e1e8', '#ffffff'],
];

/** An SVG that shows frames in a loop, without motion if the user prefers that. */
export function animate(frames: readonly Frame[], title: string): string {
  const total = frames.reduce((sum, { seconds }) => sum + seconds, 0);
  let from = 0;
  const rules = frames.map(({ seconds }, index) => {
    const [start, end] = [from, from + seconds].map((time) => (100 * time) / total);
    from += seconds;
    return keyframes(index, start ?? 0, end ?? 0, total);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escape(title)}</title>
<style>
text { font: 13.5px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #c9d1d9; white-space: pre; }
.frame { opacity: 0; }
${rules.join('\n')}
@media (prefers-reduced-motion: reduce) { .frame { animation: none; } .frame:last-of-type { opacity: 1; } }
</style>
<rect width="${width}" height="${height}" rx="10" fill="#0d1117"/>
${['#ff5f57', '#febc2e', '#28c840'].map((fill, index) => `<circle cx="${18 + 18 * index}" cy="14" r="5" fill="${fill}"/>`).join('')}
${frames.map(({ content }, index) => `<g class="frame" id="f${index}">\n${draw(content)}</g>`).join('\n')}
</svg>
`;
}

function keyframes(index: number, start: number, end: number, total: number): string {
  const at = (percent: number) => `${percent.toFixed(3)}%`;
  const before = start === 0 ? '' : `0%, ${at(start - 0.001)} { opacity: 0; } `;
  const after = end > 99.99 ? '' : ` ${at(end + 0.001)}, 100% { opacity: 0; }`;
  return `@keyframes k${index} { ${before}${at(start)}, ${at(end)} { opacity: 1; }${after} }
#f${index} { animation: k${index} ${total}s linear infinite; }`;
}

function draw(content: Screen | Buffer): string {
  if (!Buffer.isBuffer(content)) return content.map(drawLine).join('');
  const href = `data:image/jpeg;base64,${content.toString('base64')}`;
  return `<image y="${BAR}" width="${pageSize.width}" height="${pageSize.height}" href="${href}"/>\n`;
}

function drawLine(runs: readonly Run[], row: number): string {
  const y = BAR + PADDING + (row + 0.75) * CELL.height;
  let column = 0;
  const spans = runs.map((run) => {
    const x = PADDING + column * CELL.width;
    column += Array.from(run.text).length;
    return run.text.trim() === '' ? '' : drawRun(run, x);
  });
  return spans.every((span) => span === '')
    ? ''
    : `<text y="${y.toFixed(1)}">${spans.join('')}</text>\n`;
}

/** With its length, so that columns stay aligned in every font. */
function drawRun({ text, color, bold, dim }: Run, x: number): string {
  const shown = text.trimEnd();
  const length = Array.from(shown).length * CELL.width;
  const style = [
    color !== undefined &&
      ` fill="${palette[color] ?? palette[7] ?? ''}" style="fill:${palette[color] ?? ''}"`,
    bold && ' font-weight="bold"',
    dim && ' opacity="0.65"',
  ].filter((one) => one !== false);
  return `<tspan x="${x.toFixed(1)}" textLength="${length.toFixed(1)}"${style.join('')}>${escape(shown)}</tspan>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
