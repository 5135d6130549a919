// Dates of every era of the stack (contract: app-wire 3.2, 3.4): ISO with or
// without a zone, RFC 822, epoch seconds. A date without a zone is UTC. The
// browser's own parser is not used: it reads dates without a zone as local time
// and differs between browsers.

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?)?\s*([A-Za-z]{1,3}|[+-]\d\d:?\d\d)?$/;
const RFC822 = /^(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})[ -]([A-Za-z]{3})[a-z]*[ -](\d{2,4})\s+(\d\d):(\d\d)(?::(\d\d))?\s*([A-Za-z]{1,3}|[+-]\d\d:?\d\d)?$/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const ZONES: Record<string, number> = {
  z: 0, ut: 0, utc: 0, gmt: 0, est: -300, edt: -240, cst: -360, cdt: -300, mst: -420, mdt: -360, pst: -480, pdt: -420,
};

/** parseDate gives milliseconds since 1970, or undefined for what is no date. */
export function parseDate(value: unknown): number | undefined {
  if (typeof value === 'number') return fromEpoch(value);
  if (typeof value !== 'string' || value.length > 60) return undefined;
  const text = value.trim();
  if (/^\d{9,10}(\.\d+)?$/.test(text)) return fromEpoch(Number(text));
  const iso = ISO.exec(text);
  if (iso) return instant(iso[1], Number(iso[2]) - 1, iso[3], iso[4], iso[5], iso[6], iso[7]);
  const mail = RFC822.exec(text);
  if (!mail) return undefined;
  const month = MONTHS.indexOf((mail[2] ?? '').toLowerCase());
  const year = (mail[3] ?? '').length === 2 ? `20${mail[3]}` : mail[3];
  return instant(year, month, mail[1], mail[4], mail[5], mail[6], mail[7]);
}

/** fromEpoch takes seconds; what would lie before 2000 or after 2100 is no date
 * of a monitor but a wrong type. */
function fromEpoch(seconds: number): number | undefined {
  return seconds > 946_684_800 && seconds < 4_102_444_800 ? seconds * 1000 : undefined;
}

type Part = string | undefined;

function instant(year: Part, month: number, day: Part, hour: Part, minute: Part, second: Part, zone: Part): number | undefined {
  const [d, h, m, s] = [Number(day), Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)];
  if (month < 0 || month > 11 || d < 1 || d > 31 || h > 24 || m > 59 || s > 60) return undefined;
  const offset = zoneMinutes(zone);
  if (offset === undefined) return undefined;
  const time = Date.UTC(Number(year), month, d, h, m, s);
  if (new Date(time).getUTCMonth() !== month && h < 24) return undefined; // 31 February
  return time - offset * 60_000;
}

function zoneMinutes(zone: Part): number | undefined {
  if (!zone) return 0;
  const named = ZONES[zone.toLowerCase()];
  if (named !== undefined) return named;
  const digits = /^([+-])(\d\d):?(\d\d)$/.exec(zone);
  if (!digits) return undefined;
  const minutes = Number(digits[2]) * 60 + Number(digits[3]);
  return digits[1] === '-' ? -minutes : minutes;
}
