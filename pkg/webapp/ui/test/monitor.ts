// A monitor for tests: answers as the contract says, with faults on request.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export class FakeMonitor {
  password = 'secret';
  promises: [name: string, status: string, message: string][] = [['a', 'OK', 'fine'], ['b', 'ERROR', 'bad']];
  title = 'I';
  tree = 'T';
  /** Answers instead of the real ones, by path. */
  readonly answers = new Map<string, { status?: number; body?: string }>();
  readonly files = new Map<string, Buffer>();
  config: { key: string; title: string; value: string }[] = [
    { key: '', title: 'monitor-user', value: 'admin' },
    { key: 'monitor-password', title: 'monitor-password', value: 'secret' },
    { key: 'greeting', title: 'greeting', value: 'hello\n' },
  ];
  /** Applies an edit when it is put; otherwise somebody else must. */
  applies = true;
  /** Refuses an edit. */
  refusal = '';
  children: FakeMonitor[] = [];
  requests: string[] = [];
  private server: Server | undefined;

  /** Stays what it was when the server stops. */
  base = '';
  get opml(): string {
    return this.base + '/public/feeds';
  }

  async start(): Promise<this> {
    this.server = createServer((req, res) => void this.answer(req, res));
    await new Promise<void>((resolve) => this.server?.listen(0, '127.0.0.1', resolve));
    this.base = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }
  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = decodeURIComponent((req.url ?? '').replace(/\?.*/, ''));
    this.requests.push(`${req.method} ${path}`);
    const special = this.answers.get(path);
    if (special) {
      res.statusCode = special.status ?? 200;
      res.end(special.body ?? '');
      return;
    }
    if (path.startsWith('/share/private/') && req.headers.authorization !== 'Basic ' + Buffer.from('admin:' + this.password).toString('base64')) {
      res.statusCode = 401;
      res.end('Unauthorized');
      return;
    }
    if (req.method === 'PUT') return this.put(req, res);
    const body = this.document(path);
    if (body === undefined) {
      res.statusCode = 404;
      res.end();
    } else this.send(req, res, Buffer.from(body));
  }

  private document(path: string): string | Buffer | undefined {
    switch (path) {
      case '/public/feeds':
        return `<opml version="1.1"><head><title>${this.tree}</title></head><body>${[this, ...this.children].map((m) => `<outline title="${m.title}" xmlUrl="${m.base}/public/feed" url="${m.base}/share/private/"/>`).join('')}</body></opml>`;
      case '/public/feed':
        return `<rss><channel><title>${this.title}</title><description>${this.tree}</description><lastBuildDate>${new Date().toUTCString()}</lastBuildDate>${this.promises.map(([n, s, m]) => `<item><source url="${this.base}/share/public/">${n}</source><category>${s}</category><comments>${m}</comments><pubDate>${new Date().toUTCString()}</pubDate></item>`).join('')}</channel></rss>`;
      case '/share/private/_document_list':
        return 'monitor.global';
      case '/share/private/monitor.global.json':
        return JSON.stringify({ portal_type: 'Software Instance', title: this.title, specialise_title: this.tree, status: 'ERROR', date: new Date().toISOString(), aggregate_reference: 'COMP', parameters: this.config });
      case '/share/private/config/.jio_documents/config.json':
        return JSON.stringify(this.config);
    }
    return this.files.get(path);
  }

  private async put(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of req) body += chunk;
    if (this.refusal) {
      res.statusCode = 422;
      res.end(this.refusal);
      return;
    }
    if (this.applies) this.apply(JSON.parse(body));
    res.statusCode = 204;
    res.end();
  }

  apply(list: typeof this.config): void {
    this.config = list;
    this.password = list.find((p) => p.key === 'monitor-password')?.value.trim() ?? this.password;
  }

  /** Serves whole files only, and tells no length beforehand. */
  plain = false;

  private send(req: IncomingMessage, res: ServerResponse, body: Buffer): void {
    if (this.plain && req.method === 'HEAD') {
      res.statusCode = 405;
      res.end();
      return;
    }
    const range = this.plain ? null : /^bytes=(\d+)-(\d*)$/.exec(req.headers.range ?? '');
    if (range) {
      const first = Number(range[1]);
      res.statusCode = first < body.length ? 206 : 416;
      body = body.subarray(first, range[2] ? Number(range[2]) + 1 : undefined);
    }
    res.setHeader('Content-Length', body.length);
    res.end(req.method === 'HEAD' ? undefined : body);
  }
}
