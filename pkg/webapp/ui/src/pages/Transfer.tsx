// Export and import of the configured monitors.

import { useRef, useState } from 'preact/hooks';
import type { PageProps } from '../app/App';
import { store, synchroniser } from '../app/context';
import { exportSources, importSources, type Transferred } from '../data/transfer';
import { save } from '../net/download';
import { Card, Notice } from '../parts/Basics';
import { text } from '../text/catalogue';

const words = text.transfer;
const FILE = 'monitor_opml.json';

export function Transfer({ view }: PageProps) {
  return (
    <div class="page narrow">
      <header class="page-head"><h1>{words.title}</h1></header>
      <Export sources={view.subscriptions.map((s) => s.source)} />
      <Import />
    </div>
  );
}

function Export({ sources }: { sources: readonly Transferred[] }) {
  const [passwords, setPasswords] = useState(true);
  const [copied, setCopied] = useState(false);
  const json = exportSources(sources, passwords);
  const shown = useRef<HTMLTextAreaElement>(null);
  const copy = async (): Promise<void> => {
    // A page that came over http has no clipboard: what it can do is to select.
    shown.current?.select();
    await navigator.clipboard?.writeText(json).then(() => setCopied(true), () => undefined);
  };
  if (sources.length === 0) return <Card title={words.export}><p class="faint">{words.nothing}</p></Card>;
  return (
    <Card title={words.export}>
      <p>{words.exportHint}</p>
      <label class="check"><input type="checkbox" checked={passwords} onChange={(e) => setPasswords(e.currentTarget.checked)} />{words.passwords} <span class="faint">{words.passwordsHint}</span></label>
      <textarea class="code" readOnly rows={6} ref={shown} value={json} aria-label={words.export} />
      <p class="actions">
        <button type="button" onClick={() => save(new Blob([json], { type: 'application/json' }), FILE)}>{words.download}</button>
        <button type="button" onClick={() => void copy()}>{copied ? text.copied : text.copy}</button>
      </p>
    </Card>
  );
}

interface Outcome {
  kind: 'ok' | 'error';
  text: string;
  faults: string[];
}

function Import() {
  const [pasted, setPasted] = useState('');
  const [outcome, setOutcome] = useState<Outcome>();
  const run = async (): Promise<void> => {
    try {
      const { sources, faults } = importSources(pasted);
      for (const s of sources) await take(s);
      setOutcome({ kind: 'ok', text: words.imported(sources.length), faults });
      setPasted('');
      await synchroniser.run(sources.map((s) => s.url));
    } catch (error) {
      setOutcome({ kind: 'error', text: error instanceof Error ? error.message : String(error), faults: [] });
    }
  };
  return (
    <Card title={words.import}>
      <form class="form" onSubmit={(e) => { e.preventDefault(); void run(); }}>
        <p>{words.importHint}</p>
        <label class="field"><span>{words.file}</span><input type="file" accept=".json,application/json" onChange={(e) => void e.currentTarget.files?.[0]?.text().then(setPasted)} /></label>
        <label class="field"><span>{words.paste}</span><textarea class="code" name="pasted" rows={6} value={pasted} spellcheck={false} onInput={(e) => setPasted(e.currentTarget.value)} /></label>
        {outcome && <Notice kind={outcome.kind}>{outcome.text}{outcome.faults.length > 0 && <><br />{words.left}<ul>{outcome.faults.map((f) => <li key={f}>{f}</li>)}</ul></>}</Notice>}
        <p class="actions"><button type="submit" class="primary" disabled={pasted.trim() === ''}>{words.start}</button></p>
      </form>
    </Card>
  );
}

/** take keeps an imported configuration. One that brings no password leaves the
 * known one. */
async function take(s: Transferred): Promise<void> {
  const old = store.sources.get(s.url);
  const known = s.password === '' && old ? { username: old.username, password: old.password } : { username: s.username, password: s.password };
  await store.putSource({
    outlines: [], problems: [], added: Date.now(), ...old,
    url: s.url, title: s.title || old?.title || '', active: s.active, state: s.state, ...known,
  });
}
