// Search fields filter the rows below them, the user can sort the tools, and a link to a tool opens it.
const all = (selector) => [...document.querySelectorAll(selector)];

function filter(input, rows, counted) {
  const output = document.querySelector(`output[for="${input.id}"]`);
  const [, , , noun] = output.textContent.split(' ');
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !words.every((word) => row.dataset.find.includes(word));
    const shown = counted.filter((row) => !row.hidden).length;
    output.textContent = `${shown.toLocaleString('en-US')} of ${output.dataset.of} ${noun}`;
  });
}

const search = document.getElementById('search');
const tools = all('details.tool');
if (search) {
  const rows = all('main [data-find]:not(.warning)');
  filter(search, rows, tools.length > 0 ? tools : rows);
}
const warnings = document.getElementById('search-warnings');
if (warnings) filter(warnings, all('.warning'), all('.warning'));

document.getElementById('order')?.addEventListener('change', ({ target }) => {
  const { value } = target;
  const compare =
    value === 'tokens'
      ? (a, b) => Number(b.dataset.tokens) - Number(a.dataset.tokens)
      : (a, b) => (a.dataset.name < b.dataset.name ? -1 : 1);
  document.getElementById('list').append(...tools.sort(compare));
});

function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target?.matches('details')) target.open = true;
  target?.scrollIntoView();
}
addEventListener('hashchange', open);
open();
