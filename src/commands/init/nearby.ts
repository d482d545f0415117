import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** How many bytes at the start of a file are searched for its kind of document. */
const HEAD = 4096;

/** How many documents are offered, and how many files are read. */
const [MOST, LOOKED_AT] = [9, 200];

/** The OpenAPI documents in a folder, sorted by name: JSON and YAML files that identify themselves at the start. */
export async function documentsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isFile() && /\.(json|ya?ml)$/i.test(entry.name))
    .map(({ name }) => name)
    .sort()
    .slice(0, LOOKED_AT);
  const found = await Promise.all(names.map((name) => isDocument(join(folder, name))));
  return names.filter((_, index) => found[index]).slice(0, MOST);
}

async function isDocument(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    const head = buffer.toString('utf8', 0, bytesRead);
    return /^(?:\s*\{)?\s*["']?(openapi|swagger)["']?\s*:\s*["']?\d/m.test(head);
  } catch {
    return false;
  } finally {
    await file.close();
  }
}
