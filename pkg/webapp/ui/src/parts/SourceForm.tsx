// The form of an OPML and its credentials, which are verified before they are
// kept.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../data/problem';
import { opmlAddress } from '../data/text';
import { problemOf } from '../net/failure';
import { verify, type Verification } from '../sync/verify';
import { text } from '../text/catalogue';
import { Notice, StatusBadge } from './Basics';
import { ProblemLine } from './Problems';

const words = text.configuration;

export interface Entered {
  url: string;
  username: string;
  password: string;
  active: boolean;
}

interface Props extends Entered {
  fixedURL?: boolean;
  /** Words on the button that saves. */
  submit: string;
  /** Verify and save without waiting for the user: a setup link was opened. */
  automatic?: boolean;
  /** Reads what was pasted as an address; a setup link fills all fields. */
  expand?: (text: string) => Partial<Entered> | undefined;
  /** Whether what was verified is good enough to be saved without asking. */
  enough: (verification: Verification, entered: Entered) => boolean;
  onSave: (entered: Entered, verification?: Verification) => Promise<void>;
}

interface Outcome {
  /** Why nothing was asked. */
  mistake?: string;
  verification?: Verification;
  problem?: Problem;
}

export function SourceForm(props: Props) {
  const [entered, setEntered] = useState<Entered>({ url: props.url, username: props.username, password: props.password, active: props.active });
  const [outcome, setOutcome] = useState<Outcome>();
  const [progress, setProgress] = useState('');
  const [saving, setSaving] = useState(false);
  const busy = progress !== '' || saving;

  const check = async (andSave: boolean): Promise<void> => {
    const url = addressOf(entered.url);
    if (url === '') return setOutcome({ mistake: words.badUrl });
    setOutcome(undefined);
    setProgress(words.reading);
    let verification: Verification | undefined;
    try {
      verification = await verify(url, entered, (done, total) => setProgress(words.verifying(done, total)));
      setOutcome({ verification });
    } catch (error) {
      setOutcome({ problem: problemOf(error, url) });
    }
    setProgress('');
    if (andSave && verification && props.enough(verification, entered)) await save(verification);
  };
  const save = async (verification?: Verification): Promise<void> => {
    setSaving(true);
    await props.onSave({ ...entered, url: verification?.url ?? addressOf(entered.url) }, verification).finally(() => setSaving(false));
  };
  const started = useRef(false);
  useEffect(() => {
    if (!props.automatic || started.current) return;
    started.current = true;
    void check(true);
  }, [props.automatic]);

  const set = (change: Partial<Entered>): void => {
    setEntered({ ...entered, ...change });
    setOutcome(undefined);
  };
  const verdicts = outcome?.verification?.verdicts;
  const wrong = verdicts !== undefined && (verdicts.length === 0 || verdicts.some((v) => v.problem));
  return (
    <form class="form card" onSubmit={(e) => { e.preventDefault(); void check(true); }}>
      <label class="field"><span>{props.expand ? text.setup.link : words.url}</span>
        <input type="text" inputmode="url" name="url" required value={entered.url} readOnly={props.fixedURL ?? false} spellcheck={false} autocomplete="off"
          onInput={(e) => set(props.expand?.(e.currentTarget.value) ?? { url: e.currentTarget.value })} />
        <small class="hint">{props.expand ? text.setup.linkHint : props.fixedURL ? '' : words.urlHint}</small>
      </label>
      <label class="field"><span>{words.username}</span><input type="text" name="username" value={entered.username} spellcheck={false} autocomplete="off" onInput={(e) => set({ username: e.currentTarget.value })} /></label>
      <label class="field"><span>{words.password}</span><input type="password" name="password" value={entered.password} autocomplete="off" onInput={(e) => set({ password: e.currentTarget.value })} /></label>
      {props.fixedURL && <label class="check"><input type="checkbox" checked={entered.active} onChange={(e) => set({ active: e.currentTarget.checked })} />{words.enabled}</label>}
      {entered.password === '' && <p class="hint">{words.noPassword}</p>}
      {progress !== '' && <Notice kind="info">{progress}</Notice>}
      {outcome && <Verdicts outcome={outcome} />}
      <p class="actions">
        <button type="submit" class="primary" disabled={busy}>{props.submit}</button>
        {props.fixedURL && <button type="button" disabled={busy} onClick={() => void check(false)}>{words.verify}</button>}
        {(wrong || outcome?.problem) && addressOf(entered.url) !== '' && <button type="button" disabled={busy} onClick={() => void save(outcome?.verification)}>{words.saveAnyway}</button>}
      </p>
    </form>
  );
}

/** addressOf what was typed: monitors are asked over https. */
function addressOf(typed: string): string {
  const text = typed.trim();
  if (text === '' || /\s/.test(text)) return '';
  return opmlAddress(/^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text) ? text : 'https://' + text);
}

function Verdicts({ outcome }: { outcome: Outcome }) {
  if (outcome.mistake) return <Notice kind="error">{outcome.mistake}</Notice>;
  if (outcome.problem) return <ul class="problems" role="alert"><ProblemLine problem={outcome.problem} /></ul>;
  const { verdicts = [], faults = [] } = outcome.verification ?? {};
  const wrong = verdicts.filter((v) => v.problem);
  return (
    <>
      {verdicts.length === 0 ? null : wrong.length === 0 ? <Notice kind="ok">{words.right}</Notice> : <Notice kind="error">{words.wrong}</Notice>}
      {faults.map((f) => <Notice key={f} kind="warning">{f}</Notice>)}
      <ul class="lines">
        {verdicts.map((v) => (
          <li key={v.outline.feed}><StatusBadge status={v.problem ? 'ERROR' : 'OK'} compact /><span>{v.outline.title || v.outline.feed}</span>{v.problem && <span class="said">{text.problems[v.problem.kind].title}</span>}</li>
        ))}
      </ul>
      {wrong.length > 0 && <ul class="problems">{dedupe(wrong.map((v) => v.problem as Problem)).map((p) => <ProblemLine key={p.kind} problem={p} />)}</ul>}
    </>
  );
}

function dedupe(problems: Problem[]): Problem[] {
  return problems.filter((p, i) => problems.findIndex((q) => q.kind === p.kind) === i);
}
