// The end of a file, which follows it while it grows.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { bytes } from '../../app/format';
import type { InstanceRow } from '../../app/view';
import type { Problem } from '../../data/problem';
import { fileText } from '../../data/text';
import { download } from '../../net/download';
import { problemOf } from '../../net/failure';
import { Tail, type Piece } from '../../net/tail';
import { monitorOf } from '../../sync/instance';
import { Notice } from '../../parts/Basics';
import { Icon } from '../../parts/Icon';
import { ProblemLine } from '../../parts/Problems';
import { text } from '../../text/catalogue';

const words = text.files;
const PERIOD = 3000;
const MOST = 4 << 20; // characters kept; beyond, the oldest lines go
const BINARY = /\.(gz|tgz|xz|bz2|zst|zip|tar|db|sqlite3?|png|jpe?g|gif|webp|pdf|ico|woff2?|wasm|bin)$/i;

export function FileView({ row, path, name }: { row: InstanceRow; path: readonly string[]; name: string }) {
  const monitor = useMemo(() => monitorOf(row.instance, row.source), [row.instance.key, row.instance.credentials, row.source.password]);
  const address = monitor.file([...path, name]);
  const tail = useMemo(() => new Tail(monitor, address), [monitor, address]);
  const [problem, setProblem] = useState<Problem>();
  const save = (
    <button type="button" onClick={() => download(monitor, address, name).catch((e: unknown) => setProblem(problemOf(e, address)))}>{words.download}</button>
  );
  return (
    <>
      {problem && <ul class="problems"><ProblemLine problem={problem} source={row.source.url} /></ul>}
      {BINARY.test(name) ? <p>{words.binary} {save}</p> : <TextFile tail={tail} name={name} save={save} failed={problem !== undefined} onProblem={setProblem} address={address} />}
    </>
  );
}

interface TextProps {
  tail: Tail;
  name: string;
  address: string;
  save: preact.ComponentChildren;
  failed: boolean;
  onProblem: (problem: Problem | undefined) => void;
}

function TextFile({ tail, name, address, save, failed: unread, onProblem }: TextProps) {
  const [piece, setPiece] = useState<Piece>();
  const [follow, setFollow] = useState(true);
  const [wrap, setWrap] = useState(true);
  const [find, setFind] = useState('');
  const [replaced, setReplaced] = useState(false);
  const latest = useRef<Piece | undefined>(undefined);
  latest.current = piece;
  const box = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);

  const take = (next: Piece | undefined): void => {
    onProblem(undefined);
    if (!next) return;
    const old = latest.current;
    if (old && next.fresh) setReplaced(true);
    setPiece(!old || next.fresh ? next : append(old, next));
  };
  const failed = (signal: AbortSignal) => (error: unknown): void => { if (!signal.aborted) onProblem(problemOf(error, address)); };

  useEffect(() => {
    const controller = new AbortController();
    let timer = 0;
    const turn = async (): Promise<void> => {
      const known = latest.current;
      if (!known) await tail.last(controller.signal).then(take).catch(failed(controller.signal));
      else if (follow && document.visibilityState === 'visible') await tail.grown(known.end, controller.signal).then(take).catch(failed(controller.signal));
      if (!controller.signal.aborted) timer = window.setTimeout(() => void turn(), PERIOD);
    };
    void turn();
    return () => { controller.abort(); clearTimeout(timer); };
  }, [tail, follow]);

  useLayoutEffect(() => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [piece, wrap, find]);

  const shown = useMemo(() => (piece ? arrange(piece, name, find) : ''), [piece, name, find]);
  if (!piece) return unread ? null : <p class="faint" role="status">{text.loading}</p>;
  if (looksBinary(piece.text)) return <p>{words.binary} {save}</p>;
  const older = (): void => {
    const controller = new AbortController();
    atEnd.current = false;
    tail.before(piece.start, controller.signal)
      .then((p) => setPiece((now) => (now && now.start === p.end ? { ...now, text: p.text + now.text, start: p.start } : now)))
      .catch(failed(controller.signal));
  };
  return (
    <>
      <div class="toolbar">
        <label class="search small"><Icon name="search" /><span class="sr-only">{words.find}</span><input type="search" data-search placeholder={words.find} value={find} onInput={(e) => setFind(e.currentTarget.value)} /></label>
        <label class="check"><input type="checkbox" checked={follow} onChange={(e) => setFollow(e.currentTarget.checked)} />{words.follow}</label>
        <label class="check"><input type="checkbox" checked={wrap} onChange={(e) => setWrap(e.currentTarget.checked)} />{words.wrap}</label>
        {piece.start > 0 && <button type="button" onClick={older}>{words.older}</button>}
        {save}
        <span class="shown">{piece.start > 0 ? words.ofFile(bytes(piece.end - piece.start), bytes(piece.end)) : bytes(piece.end)}</span>
      </div>
      {replaced && <Notice kind="info">{words.replaced}</Notice>}
      {piece.end === 0 ? <p class="faint">{words.emptyFile}</p> : (
        <pre ref={box} class={wrap ? 'log wrap' : 'log'} tabIndex={0} role="log" aria-label={name}
          onScroll={(e) => { const b = e.currentTarget; atEnd.current = b.scrollHeight - b.scrollTop - b.clientHeight < 30; }}>{shown}</pre>
      )}
    </>
  );
}

/** looksBinary: more than one character of twenty is none of a text. */
function looksBinary(content: string): boolean {
  const sample = content.slice(0, 4096);
  return sample.replace(/[^\u0000-\u0008\u000e-\u001a\ufffd]/g, '').length > sample.length / 20;
}

function append(old: Piece, next: Piece): Piece {
  const joined = { ...old, text: old.text + next.text, end: next.end };
  if (joined.text.length <= MOST) return joined;
  // Where the kept text begins in the file is known only roughly then, which is
  // enough to say so; earlier lines are read from there again.
  const cut = joined.text.slice(-MOST / 2);
  return { ...joined, text: cut, start: Math.max(old.start, next.end - new TextEncoder().encode(cut).byteLength) };
}

function arrange(piece: Piece, name: string, find: string): string {
  // The first line is whole only when the file begins there.
  const whole = fileText(piece.start > 0 ? piece.text.slice(piece.text.indexOf('\n') + 1) : piece.text);
  const pretty = piece.start === 0 && name.endsWith('.json') ? indented(whole) : whole;
  const wanted = find.trim().toLowerCase();
  return wanted === '' ? pretty : pretty.split('\n').filter((l) => l.toLowerCase().includes(wanted)).join('\n');
}

function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
