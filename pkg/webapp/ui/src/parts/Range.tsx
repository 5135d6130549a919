// How much time a chart shows.

import { text } from '../text/catalogue';

const HOUR = 3600;
const RANGES: readonly [string, number][] = [[text.resources.hour, HOUR], [text.resources.eightHours, 8 * HOUR], [text.resources.day, 24 * HOUR], [text.resources.all, 0]];

export function Range({ range, onRange }: { range: number; onRange: (range: number) => void }) {
  return (
    <div class="chips small" role="group" aria-label={text.resources.range}>
      {RANGES.map(([name, seconds]) => <button type="button" key={name} class="chip" aria-pressed={range === seconds} onClick={() => onRange(seconds)}>{name}</button>)}
    </div>
  );
}
