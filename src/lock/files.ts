import { createHash } from 'node:crypto';

/**
 * SHA-256 in lower-case hex of a text (as UTF-8) or of bytes. Line endings are ignored: git changes them on Windows.
 */
export function hashContent(content: string | Buffer): string {
  return createHash('sha256').update(withoutCarriageReturns(content)).digest('hex');
}

/** The content with LF for CRLF. */
function normalizeLineEndings(content: string): string {
  return content.replaceAll('\r\n', '\n');
}

/** Bytes that are not text are hashed as bytes, because decoding would make different ones equal. */
function withoutCarriageReturns(content: string | Buffer): string | Buffer {
  if (typeof content === 'string') return normalizeLineEndings(content);
  if (!content.includes('\r\n')) return content;
  return Buffer.from(normalizeLineEndings(content.toString('latin1')), 'latin1');
}

/**
 * Whether a path is relative, with forward slashes, and below the folder that it is relative to; but not below
 * `.git`, whose files git runs.
 */
export function isProjectPath(path: string): boolean {
  return (
    !/[\\:\0]/.test(path) &&
    path.split('/').every((segment) => !/^(?:\.{0,2}|\.git[. ]*|git~1)$/i.test(segment))
  );
}

/** Whether the generator can have written a file there, so that it may delete it; a lock may contain any path. */
export function isGeneratedPath(path: string): boolean {
  return /^(src\/(generated|runtime)\/|(\.env\.example|TOOLS\.md)$)/.test(path);
}
