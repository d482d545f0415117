/**
 * `npm run oracle`: the operations of real documents, as `load` bundles them and as swagger-parser resolves them.
 *
 *     npm run oracle                  the small packages of the corpus
 *     npm run oracle -- --all         all documents of all of them
 */
import { parseArgs } from 'node:util';
import { compareWithSwaggerParser } from '../load/oracle.js';
import { install, listDocuments, readPackages, type CorpusDocument } from './packages.js';

const { values: flags } = parseArgs({ options: { all: { type: 'boolean', default: false } } });

async function documents(): Promise<CorpusDocument[]> {
  const found: CorpusDocument[] = [];
  for (const entry of await readPackages()) {
    if (entry.large === true && !flags.all) continue;
    found.push(...(await listDocuments(entry, await install(entry), flags.all)));
  }
  return found;
}

let [equal, different, operations, unread] = [0, 0, 0, 0];
for (const { name, file } of await documents()) {
  const compared = await compareWithSwaggerParser(file).catch((error: unknown) => String(error));
  if (typeof compared === 'string') {
    unread += 1;
    console.log(`${name}: not compared: ${compared.split('\n')[0]?.slice(0, 160)}`);
    continue;
  }
  operations += compared.operations;
  if (compared.differences.length === 0) equal += 1;
  else different += 1;
  for (const difference of compared.differences.slice(0, 10)) console.log(`${name}: ${difference}`);
}
console.log(`${equal} documents with ${operations} operations are alike, ${different} differ.`);
console.log(`${unread} could not be compared.`);
process.exitCode = different > 0 || equal === 0 ? 1 : 0;
