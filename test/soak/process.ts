import { readdir, readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { WebSocket, type MessageEvent } from 'undici';

/** The resources of a process at a moment. */
export interface Sample {
  /** Megabytes (10^6 bytes). */
  readonly resident: number;
  readonly descriptors: number;
}

/** Reads it from the kernel, so that the process itself is not involved. Linux only. */
export async function sample(pid: number): Promise<Sample> {
  const [status, descriptors] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'utf8'),
    readdir(`/proc/${pid}/fd`),
  ]);
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
  return { resident: (kilobytes * 1024) / 1e6, descriptors: descriptors.length };
}

/** Queries a process that was started with `--inspect` (Chrome DevTools Protocol). */
export class Inspector {
  readonly #socket: WebSocket;
  #ids = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async attach(port: number): Promise<Inspector> {
    const response = await fetch(`http://127.0.0.1:${port}/json/list`);
    const [target] = (await response.json()) as { webSocketDebuggerUrl: string }[];
    const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '');
    await once(socket as unknown as EventTarget, 'open');
    return new Inspector(socket);
  }

  /** Megabytes (10^6 bytes) of the heap that are in use after a collection. */
  async liveHeap(): Promise<number> {
    await this.#ask('HeapProfiler.collectGarbage');
    const { usedSize } = (await this.#ask('Runtime.getHeapUsage')) as { usedSize: number };
    return usedSize / 1e6;
  }

  close(): void {
    this.#socket.close();
  }

  #ask(method: string): Promise<unknown> {
    this.#ids += 1;
    const id = this.#ids;
    return new Promise((resolve) => {
      const listen = ({ data }: MessageEvent) => {
        const answer = JSON.parse(String(data)) as { id?: number; result?: unknown };
        if (answer.id !== id) return;
        this.#socket.removeEventListener('message', listen);
        resolve(answer.result);
      };
      this.#socket.addEventListener('message', listen);
      this.#socket.send(JSON.stringify({ id, method }));
    });
  }
}
