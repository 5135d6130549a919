// Parameters of an instance: shown as the monitor has them now, edited in place.

import { useEffect, useMemo, useState } from 'preact/hooks';
import { useDocument } from '../../app/hooks';
import { links } from '../../app/links';
import type { InstanceRow } from '../../app/view';
import { parseParameters, PASSWORD_KEY, type Parameter } from '../../data/parameter';
import { Failure } from '../../net/failure';
import { monitorOf } from '../../sync/instance';
import { applyEdits, Conflict, NotApplied } from '../../sync/parameters';
import { Card, Notice } from '../../parts/Basics';
import { reasonOf } from '../../parts/Problems';
import { SecretInput } from '../../parts/SecretInput';
import { text } from '../../text/catalogue';

const words = text.parameters;

type Outcome = { kind: 'ok' | 'error' | 'info'; text: string };

export function Parameters({ row }: { row: InstanceRow }) {
  const monitor = useMemo(() => monitorOf(row.instance, row.source), [row.instance, row.source]);
  const { value, read, problem, loading, refresh } = useDocument(monitor, monitor.config(), parseParameters, 0, false);
  // Without the live document the copy in the global state is shown, read-only.
  const live = value !== undefined && problem === undefined;
  // What was confirmed just now counts until the document is read again.
  const [applied, setApplied] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => setApplied(new Map()), [read]);
  const parameters = (value?.parameters ?? row.instance.state?.parameters ?? []).map((p) => ({ ...p, value: applied.get(p.key) ?? p.value }));
  const [edits, setEdits] = useState<ReadonlyMap<string, string>>(new Map());
  const [outcome, setOutcome] = useState<Outcome>();
  const [busy, setBusy] = useState(false);

  const save = async (): Promise<void> => {
    const changed = parameters.filter((p) => edits.has(p.key) && edits.get(p.key)?.trim() !== p.value).map((p) => ({ key: p.key, from: p.value, to: edits.get(p.key) ?? '' }));
    if (changed.length === 0) return setOutcome({ kind: 'info', text: words.unchanged });
    setBusy(true);
    setOutcome({ kind: 'info', text: words.saving });
    try {
      setApplied(await applyEdits(monitor, changed, () => setOutcome({ kind: 'info', text: words.waiting })));
      setEdits(new Map());
      setOutcome({ kind: 'ok', text: words.saved(changed.map((c) => c.key).join(', ')) });
    } catch (error) {
      setOutcome({ kind: 'error', text: explain(error) });
    }
    setBusy(false);
    refresh();
  };

  if (parameters.length === 0) return <Card title={text.instance.tabs.parameters}><p class="faint">{loading ? text.loading : problem ? reasonOf([problem]) : words.none}</p></Card>;
  return (
    <Card title={text.instance.tabs.parameters}>
      {problem && <Notice kind="warning">{reasonOf([problem])}</Notice>}
      <form class="form" onSubmit={(e) => { e.preventDefault(); void save(); }}>
        {parameters.map((p, i) => (
          <Field key={p.key || `raw ${i}`} parameter={p} row={row} value={edits.get(p.key) ?? p.value} disabled={!live || busy}
            onChange={(v) => setEdits(new Map(edits).set(p.key, v))} />
        ))}
        {outcome && <Notice kind={outcome.kind}>{outcome.text}</Notice>}
        <p class="actions">
          <button type="submit" class="primary" disabled={!live || busy || edits.size === 0}>{text.save}</button>
          {edits.size > 0 && <button type="button" disabled={busy} onClick={() => { setEdits(new Map()); setOutcome(undefined); }}>{words.discard}</button>}
        </p>
        <p class="faint">{words.intro}</p>
      </form>
    </Card>
  );
}

function explain(error: unknown): string {
  if (error instanceof Conflict) return words.conflict(error.key, error.value);
  if (error instanceof NotApplied) return words.notApplied(error.keys.join(', '));
  if (error instanceof Failure) return words.refused(error.detail || text.problems[error.kind].title);
  return error instanceof Error ? error.message : String(error);
}

function Field({ parameter, row, value, disabled, onChange }: { parameter: Parameter; row: InstanceRow; value: string; disabled: boolean; onChange: (value: string) => void }) {
  const [shown, setShown] = useState(false);
  const secret = /passw/i.test(parameter.key || parameter.title);
  const password = parameter.key === PASSWORD_KEY;
  const readOnly = parameter.key === '' || password;
  const edited = !readOnly && value.trim() !== parameter.value;
  return (
    <div class={edited ? 'field edited' : 'field'}>
      <label>
        <span>{parameter.title}{readOnly && !password && <small> {words.readOnly}</small>}</span>
        {value.includes('\n')
          ? <textarea value={value} rows={Math.min(8, value.split('\n').length + 1)} readOnly={readOnly} disabled={disabled && !readOnly} onInput={(e) => onChange(e.currentTarget.value)} />
          : <SecretInput value={value} shown={!secret || shown} readOnly={readOnly} disabled={disabled && !readOnly} onInput={onChange} />}
      </label>
      {secret && <button type="button" class="quiet" aria-pressed={shown} onClick={() => setShown(!shown)}>{shown ? words.hide : words.show}</button>}
      {password && <p class="hint">{words.passwordHint} <a href={links.password(row.source.url)}>{words.passwordLink}</a></p>}
    </div>
  );
}
