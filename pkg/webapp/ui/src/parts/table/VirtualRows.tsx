// Rows of a long list: only those in sight exist, so that ten thousand cost no
// more than fifty. All have one height.

import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

const OVERSCAN = 10;

interface Props<Row> {
  rows: readonly Row[];
  height: number;
  label: string;
  columns: number;
  draw: (row: Row, index: number, active: boolean) => ComponentChildren;
  header: ComponentChildren;
  empty: ComponentChildren;
  /** Changes when other rows are shown: the list begins at its top again. */
  subject: string;
}

export function VirtualRows<Row>({ rows, height, label, columns, draw, header, empty, subject }: Props<Row>) {
  const scroller = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ top: 0, size: 800 });
  const [active, showActive] = useState(0);
  const place = useRef(0); // of active, also between two keys that come before it is drawn
  const setActive = (index: number): void => {
    place.current = index;
    showActive(index);
  };
  const focus = useRef(false);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const look = (): void => setSight((old) => {
      const next = { top: element.scrollTop, size: element.clientHeight };
      // Nothing is drawn again until a row enters or leaves.
      return Math.floor(old.top / height) === Math.floor(next.top / height) && old.size === next.size ? old : next;
    });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    look();
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [height]);

  useEffect(() => {
    setActive(0);
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [subject]);

  const last = Math.max(0, rows.length - 1);
  const current = Math.min(active, last);

  // A line that goes away while it has the focus would take it along.
  const held = scroller.current?.querySelector('.table-body')?.contains(document.activeElement) ?? false;
  useLayoutEffect(() => {
    const element = scroller.current;
    const lost = held && document.activeElement === document.body;
    if (!(focus.current || lost) || !element) return;
    focus.current = false;
    const inset = element.querySelector<HTMLElement>('.table-head')?.offsetHeight ?? 0;
    const top = current * height;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + height + inset > element.scrollTop + element.clientHeight) element.scrollTop = top + height + inset - element.clientHeight;
    requestAnimationFrame(() => element.querySelector<HTMLElement>(`[data-row="${current}"] a`)?.focus({ preventScroll: true }));
  });

  const move = (event: KeyboardEvent): void => {
    if (!(event.target as Element).closest('[data-row]')) return;
    const page = Math.max(1, Math.floor(sight.size / height) - 2);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -rows.length, End: rows.length };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    focus.current = true;
    setActive(Math.min(last, Math.max(0, Math.min(place.current, last) + step)));
  };

  const from = Math.max(0, Math.floor(sight.top / height) - OVERSCAN);
  const most = Math.ceil(sight.size / height) + 1 + 2 * OVERSCAN;
  const to = Math.min(rows.length, from + most);
  return (
    <div class="scroller" ref={scroller} onKeyDown={move}>
      <div role="table" aria-label={label} aria-rowcount={rows.length + 1} aria-colcount={columns} class="table">
        <div role="rowgroup" class="table-head">{header}</div>
        {rows.length > 0 && (
          <div role="rowgroup" class="table-body" style={{ height: `${rows.length * height}px` }}>
            {/* Rows that leave on one side enter on the other: none is made while scrolling. */}
            {rows.slice(from, to).map((row, i) => (
              <div role="row" class="row" key={(from + i) % most} data-row={from + i} aria-rowindex={from + i + 2}
                style={{ transform: `translateY(${(from + i) * height}px)`, height: `${height}px` }} onFocusCapture={() => setActive(from + i)}>
                {draw(row, from + i, from + i === current)}
              </div>
            ))}
          </div>
        )}
      </div>
      {rows.length === 0 && empty}
    </div>
  );
}
