import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files of a test, deleted together. */
export class Files {
  readonly folder = mkdtempSync(join(tmpdir(), 'openapi-to-mcp-files-'));
  #count = 0;

  /** Writes a file, and returns its path. */
  write(content: string): string {
    this.#count += 1;
    const path = join(this.folder, `file-${this.#count}.pem`);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
