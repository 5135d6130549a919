// The end of a file that grows, such as a log. Only ranges with a beginning are
// asked for: a browser sends those without asking the server first, so that
// this works with servers that never heard of it.

import { Failure } from './failure';
import type { Monitor } from './monitor';
import { request } from './request';

/** Piece is a part of a file. */
export interface Piece {
  text: string;
  /** Offsets in the file, in bytes: first, and behind the last. */
  start: number;
  end: number;
  /** What was there before is not part of this file: it was replaced. */
  fresh: boolean;
}

/** TAIL is how many bytes are shown at first, and fetched per step backwards. */
export const TAIL = 64 << 10;

export class Tail {
  constructor(
    private readonly monitor: Monitor,
    private readonly address: string,
  ) {}

  /** size of the file now, in bytes; undefined if the server does not tell, or
   * does not know the question. */
  private async size(signal: AbortSignal): Promise<number | undefined> {
    const answer = await request(this.address, { ...this.monitor.private(signal), method: 'HEAD', accept: [405, 501] });
    if (answer.status >= 400) return undefined;
    const length = answer.headers.get('Content-Length');
    return length === null ? undefined : Number(length);
  }

  /** last is the end of the file. */
  async last(signal: AbortSignal): Promise<Piece> {
    const size = await this.size(signal);
    if (size === 0) return { text: '', start: 0, end: 0, fresh: true };
    return { ...(await this.range(Math.max(0, (size ?? 0) - TAIL), undefined, signal)), fresh: true };
  }

  /** grown is what was added behind end, or the end of the file that took its
   * place. */
  async grown(end: number, signal: AbortSignal): Promise<Piece | undefined> {
    const size = await this.size(signal);
    if (size === end) return undefined;
    if (size !== undefined && (size < end || size - end > 4 * TAIL)) return this.last(signal);
    try {
      const piece = await this.range(end, undefined, signal);
      if (piece.start === end) return { ...piece, fresh: false };
      return piece.end === end ? undefined : { ...piece, fresh: true }; // the whole file
    } catch (error) {
      if (error instanceof Failure && error.status === 416) return undefined; // nothing behind end
      throw error;
    }
  }

  /** before is what stands before start. */
  async before(start: number, signal: AbortSignal): Promise<Piece> {
    return { ...(await this.range(Math.max(0, start - TAIL), start - 1, signal)), fresh: false };
  }

  private async range(first: number, last: number | undefined, signal: AbortSignal): Promise<Omit<Piece, 'fresh'>> {
    const answer = await request(this.address, {
      ...this.monitor.private(signal), headers: { Range: `bytes=${first}-${last ?? ''}` }, limit: 32 << 20, accept: [416],
    });
    if (answer.status === 416) throw new Failure('missing', this.address, '', 416); // cut meanwhile; the caller looks again
    if (answer.status === 206) return { text: answer.text, start: first, end: first + answer.size };
    // The server does not know ranges: this is the whole file.
    return { text: answer.text, start: 0, end: answer.size };
  }
}
