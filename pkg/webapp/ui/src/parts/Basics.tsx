// Small pieces that appear everywhere.

import type { ComponentChildren } from 'preact';
import { age, dateTime, number } from '../app/format';
import { useNow } from '../app/hooks';
import type { Counts, Status } from '../data/status';
import { text } from '../text/catalogue';

/** StatusBadge says a status by colour, shape and word. */
export function StatusBadge({ status, compact = false }: { status: Status; compact?: boolean }) {
  return (
    <span class={`badge ${status.toLowerCase()} ${compact ? 'compact' : ''}`}>
      <StatusMark status={status} />
      <span class={compact ? 'sr-only' : ''}>{text.status[status]}</span>
    </span>
  );
}

/** StatusMark differs in shape, too, for those who do not see the colours. */
export function StatusMark({ status }: { status: Status }) {
  return (
    <svg class="mark" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      {status === 'OK' && <path d="M3 8.5 6.5 12 13 4.5" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round" />}
      {status === 'ERROR' && <path d="M4 4 12 12M12 4 4 12" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" />}
      {status === 'WARNING' && <path d="M8 2.2 15 14H1ZM8 6.4v3.8M8 12.2v.2" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" />}
      {status === 'UNKNOWN' && <path d="M5.5 6a2.5 2.5 0 1 1 3.6 2.3C8.3 8.7 8 9.2 8 10M8 12.6v.1" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" />}
    </svg>
  );
}

/** CountsText lists what is not kept, then what is; compact where it has one
 * line. */
export function CountsText({ counts, compact = false }: { counts: Counts; compact?: boolean }) {
  const parts: [Status, string][] = [['ERROR', text.header.errors(counts.ERROR)], ['WARNING', text.header.warnings(counts.WARNING)], ['UNKNOWN', text.header.unknown(counts.UNKNOWN)], ['OK', text.header.ok(counts.OK)]];
  return (
    <span class={compact ? 'counts compact' : 'counts'}>
      {parts.filter(([s]) => counts[s] > 0).map(([s, words]) => (
        <span key={s} class={s.toLowerCase()} title={compact ? words : undefined}>{compact ? <><StatusMark status={s} /><span aria-hidden="true">{number(counts[s])}</span><span class="sr-only">{words}</span></> : words}</span>
      ))}
    </span>
  );
}

/** Age of something: short, with the whole date behind it. */
export function Age({ time, ago = false }: { time: number | undefined; ago?: boolean }) {
  return <AgeAt time={time} now={useNow()} ago={ago} />;
}

/** AgeAt is the same where something else keeps the time. */
export function AgeAt({ time, now, ago = false }: { time: number | undefined; now: number; ago?: boolean }) {
  if (time === undefined) return <span class="faint">{text.nothing}</span>;
  const short = age(time, now);
  return <time dateTime={new Date(time).toISOString()} title={dateTime(time)}>{ago ? text.age.ago(short) : short}</time>;
}

/** When is a whole date with its age. */
export function When({ time }: { time: number | undefined }) {
  if (time === undefined) return <span class="faint">{text.nothing}</span>;
  return <span><time dateTime={new Date(time).toISOString()}>{dateTime(time)}</time> <span class="faint">(<Age time={time} ago />)</span></span>;
}

/** External opens an address of a monitor in a new tab. */
export function External({ href, children }: { href: string; children: ComponentChildren }) {
  if (href === '') return <span class="faint">{text.nothing}</span>;
  return <a href={href} target="_blank" rel="noopener noreferrer" title={text.newTab}>{children}<span class="sr-only"> ({text.newTab})</span></a>;
}

const ADDRESS = /https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]/g;

/** WithLinks shows text with its web addresses as links; nothing else in it
 * means anything. */
export function WithLinks({ value }: { value: string }) {
  const parts: ComponentChildren[] = [];
  let at = 0;
  for (const m of value.matchAll(ADDRESS)) {
    parts.push(value.slice(at, m.index), <External href={m[0]}>{m[0]}</External>);
    at = m.index + m[0].length;
  }
  parts.push(value.slice(at));
  return <>{parts}</>;
}

/** Facts is a list of names and values. */
export function Facts({ facts }: { facts: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value === '' ? <span class="faint">{text.nothing}</span> : value}</dd></div>)}
    </dl>
  );
}

/** Card is a titled part of a page. */
export function Card({ title, action, children, kind = '' }: { title: string; action?: ComponentChildren; children: ComponentChildren; kind?: string }) {
  return (
    <section class={`card ${kind}`}>
      <header><h2>{title}</h2>{action}</header>
      {children}
    </section>
  );
}

/** Empty is what stands where a list would be. */
export function Empty({ title, hint, children, heading = false }: { title: string; hint?: string; children?: ComponentChildren; heading?: boolean }) {
  return <div class="empty">{heading ? <h1>{title}</h1> : <p class="strong">{title}</p>}{hint !== undefined && <p>{hint}</p>}{children}</div>;
}

/** Notice is told to screen readers when it appears. */
export function Notice({ kind, children }: { kind: 'error' | 'warning' | 'ok' | 'info'; children: ComponentChildren }) {
  return <div class={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'status'}>{children}</div>;
}
