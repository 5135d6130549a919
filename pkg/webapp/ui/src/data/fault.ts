// A document that is not what it should be.

/** DocumentFault says what is wrong with a document, for a person to read. */
export class DocumentFault extends Error {
  override name = 'DocumentFault';
}

/** parseJSON wraps the browser's parser, whose message is about characters. */
export function parseJSON(text: string): unknown {
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch {
    throw new DocumentFault(
      text.trim() === '' ? 'the document is empty' : `not valid JSON (begins with ${JSON.stringify(text.slice(0, 40))})`,
    );
  }
}

export type JSONObject = Record<string, unknown>;

export function asObject(value: unknown): JSONObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JSONObject) : undefined;
}

export function requireObject(value: unknown): JSONObject {
  const object = asObject(value);
  if (!object) throw new DocumentFault(`expected a JSON object, found ${Array.isArray(value) ? 'a list' : value === null ? 'null' : typeof value}`);
  return object;
}
