// Changes the password of all instances of a hosting subscription, and says of
// each what happened.

import { useState } from 'preact/hooks';
import type { PageProps } from '../app/App';
import { store } from '../app/context';
import { links } from '../app/links';
import type { InstanceRow, SubscriptionRow } from '../app/view';
import type { Problem } from '../data/problem';
import { problemOf } from '../net/failure';
import { credentialsOf } from '../sync/instance';
import { changePassword, generatePassword, unfit, type Step } from '../sync/password';
import { pool } from '../sync/pool';
import { Card, Empty, Notice } from '../parts/Basics';
import { SecretInput } from '../parts/SecretInput';
import { text } from '../text/catalogue';

const words = text.password;

interface Result {
  step: Step;
  problem?: Problem;
}

export function Password({ route, view }: PageProps) {
  const row = view.subscriptions.find((s) => s.source.url === route.args[0]);
  return row ? <Change row={row} /> : <Empty heading title={text.subscription.unknown} hint={text.instance.unknownHint} />;
}

function Change({ row }: { row: SubscriptionRow }) {
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [results, setResults] = useState<ReadonlyMap<string, Result>>(new Map());
  const mistake = mistakeIn(password, again, row.source.password);
  const done = (i: InstanceRow): boolean => ['changed', 'already'].includes(results.get(i.instance.key)?.step ?? '');
  const left = row.instances.filter((i) => !done(i));

  const run = async (): Promise<void> => {
    setBusy(true);
    const report = (key: string, result: Result): void => setResults((old) => new Map(old).set(key, result));
    for (const i of left) report(i.instance.key, { step: 'waiting' });
    const outcomes = await changeAll(left, password, report);
    await keep(row, left, outcomes, password);
    setBusy(false);
  };

  const started = results.size > 0;
  const failed = started && !busy ? left.length : 0;
  return (
    <div class="page narrow">
      <header class="page-head"><h1>{words.title}</h1><p class="where">{words.of('')}<a href={links.subscription(row.source.url)}>{row.title}</a></p></header>
      <form class="form card" onSubmit={(e) => { e.preventDefault(); if (mistake === '' && !busy) void run(); }}>
        <label class="field"><span>{words.new}</span><SecretInput name="new" value={password} shown={shown} disabled={started} fresh onInput={setPassword} /></label>
        <label class="field"><span>{words.again}</span><SecretInput name="again" value={again} shown={shown} disabled={started} fresh onInput={setAgain} /></label>
        <label class="check"><input type="checkbox" checked={shown} onChange={(e) => setShown(e.currentTarget.checked)} />{words.show}</label>
        {!started && password !== '' && mistake !== '' && <Notice kind="warning">{mistake}</Notice>}
        {!started && <p class="faint">{words.warning}</p>}
        <p class="actions">
          <button type="submit" class="primary" disabled={password === '' || mistake !== '' || busy || left.length === 0}>{failed > 0 ? words.retry : words.start}</button>
          {!started && <button type="button" onClick={() => { const p = generatePassword(); setPassword(p); setAgain(p); setShown(true); }}>{words.generate}</button>}
        </p>
      </form>
      {started && !busy && (failed === 0 ? <Notice kind="ok">{words.allDone}</Notice> : <Notice kind="error">{words.someFailed(failed)}</Notice>)}
      <Outcomes row={row} results={results} />
    </div>
  );
}

function mistakeIn(password: string, again: string, current: string): string {
  const reason = unfit(password);
  if (reason !== '') return words[reason];
  if (password === current) return words.same;
  return password === again ? '' : words.different;
}

async function changeAll(instances: readonly InstanceRow[], password: string, report: (key: string, result: Result) => void): Promise<Map<string, boolean>> {
  const outcomes = new Map<string, boolean>();
  await pool(instances, 4, async (i) => {
    const { key, outline } = i.instance;
    try {
      const step = await changePassword(outline, credentialsOf(i.instance, i.source), password, (s) => report(key, { step: s }));
      outcomes.set(key, true);
      report(key, { step });
    } catch (error) {
      outcomes.set(key, false);
      report(key, { step: 'failed', problem: problemOf(error, i.instance.base) });
    }
  });
  return outcomes;
}

/** keep remembers the new password: of the subscription when all instances have
 * it, else of those that do, so that none is locked out of this browser. */
async function keep(row: SubscriptionRow, tried: readonly InstanceRow[], outcomes: Map<string, boolean>, password: string): Promise<void> {
  const source = store.sources.get(row.source.url);
  if (!source) return;
  const all = tried.length > 0 && tried.every((i) => outcomes.get(i.instance.key));
  if (all) await store.putSource({ ...source, password });
  for (const i of row.instances) {
    const instance = store.instances.get(i.instance.key);
    if (!instance) continue;
    const { credentials: _, ...rest } = instance;
    if (all) await store.putInstance({ ...rest, problems: rest.problems.filter((p) => p.kind !== 'password') });
    else if (outcomes.get(i.instance.key)) await store.putInstance({ ...rest, credentials: { username: source.username, password } });
  }
}

function Outcomes({ row, results }: { row: SubscriptionRow; results: ReadonlyMap<string, Result> }) {
  return (
    <Card title={text.nav.instances}>
      <ul class="outcomes">
        {row.instances.map((i) => {
          const result = results.get(i.instance.key);
          return (
            <li key={i.instance.key} class={result?.step ?? ''}>
              <a href={links.instance(i)}>{i.title}</a>
              {result && <span role="status">{words.steps[result.step]}</span>}
              {result?.problem && <p class="hint">{text.problems[result.problem.kind].title}{result.problem.detail && `: ${result.problem.detail}`}</p>}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
