// A strip that shows when a promise was in which status.

import { clock, date, dateTime, duration } from '../app/format';
import { timeline, type HistoryEntry } from '../data/history';
import { text } from '../text/catalogue';

/** until is when the monitor last said that nothing changed. */
export function Timeline({ entries, until = 0 }: { entries: readonly HistoryEntry[]; until?: number | undefined }) {
  const spans = timeline(entries);
  const newest = spans[spans.length - 1];
  if (newest) newest.to = Math.max(newest.to, until);
  const from = spans[0]?.from ?? 0;
  const to = Math.max(spans[spans.length - 1]?.to ?? 0, from + 60_000);
  const place = (time: number): number => ((time - from) / (to - from)) * 1000;
  const words = spans.slice(-20).map((s) => `${text.status[s.status]} ${text.promise.from.toLowerCase()} ${dateTime(s.from)}, ${duration(s.to - s.from)}`).join('; ');
  const days = date(from) !== date(to);
  return (
    <div class="timeline">
      <svg viewBox="0 0 1000 24" preserveAspectRatio="none" role="img" aria-label={text.promise.timeline(words)}>
        {spans.map((s) => {
          // A failure of one minute in a day, or just now, is still to be seen.
          const width = Math.max(place(s.to) - place(s.from), s.status === 'OK' ? 1 : 6);
          return (
            <rect key={s.from} class={s.status.toLowerCase()} x={Math.min(place(s.from), 1000 - width)} y="0" height="24" width={width}>
              <title>{`${text.status[s.status]}, ${dateTime(s.from)} – ${dateTime(s.to)} (${duration(s.to - s.from)})`}</title>
            </rect>
          );
        })}
      </svg>
      <div class="scale" aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((f) => {
          const time = from + (to - from) * f;
          return <span key={f}>{days ? `${date(time).slice(5)} ` : ''}{clock(time)}</span>;
        })}
      </div>
    </div>
  );
}
