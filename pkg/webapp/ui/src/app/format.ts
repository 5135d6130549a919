// Numbers and dates as people read them. Dates are local time in the order that
// sorts, because logs are read beside them.

import { text } from '../text/catalogue';

const two = (n: number): string => String(n).padStart(2, '0');

/** dateTime is 2026-03-19 14:05:09. */
export function dateTime(time: number): string {
  const d = new Date(time);
  return `${date(time)} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}

export function date(time: number): string {
  const d = new Date(time);
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

export function clock(time: number): string {
  const d = new Date(time);
  return `${two(d.getHours())}:${two(d.getMinutes())}`;
}

/** age of something, in its largest unit; a clock ahead of ours is "now". */
export function age(time: number, now: number): string {
  const seconds = Math.round((now - time) / 1000);
  if (seconds < 45) return text.age.now;
  if (seconds < 90 * 60) return text.age.minutes(Math.max(1, Math.round(seconds / 60)));
  if (seconds < 36 * 3600) return text.age.hours(Math.round(seconds / 3600));
  if (seconds < 60 * 86400) return text.age.days(Math.round(seconds / 86400));
  return date(time);
}

/** duration between two times. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return text.age.seconds(seconds);
  if (seconds < 120 * 60) return text.age.minutes(Math.round(seconds / 60));
  if (seconds < 48 * 3600) return text.age.hours(Math.round(seconds / 3600));
  return text.age.days(Math.round(seconds / 86400));
}

export function bytes(n: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let i = 0;
  while (n >= 1000 && i < units.length - 1) {
    n /= 1024;
    i++;
  }
  return `${i === 0 || n >= 100 ? Math.round(n) : n.toPrecision(3).replace(/\.?0+$/, '')} ${units[i]}`;
}

const group = new Intl.NumberFormat('en');
export function number(n: number): string {
  return group.format(n);
}

/** short is a number with three digits that matter. */
export function short(n: number | undefined | null): string {
  if (n === undefined || n === null) return '–';
  return Math.abs(n) >= 100 ? group.format(Math.round(n)) : String(Number(n.toPrecision(3)));
}
