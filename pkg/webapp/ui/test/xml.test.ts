import { describe, expect, it } from 'vitest';
import { DocumentFault } from '../src/data/fault';
import { readXML } from '../src/data/xml';

/** shape writes events as one line. */
function shape(text: string): string {
  return [...readXML(text)]
    .map((e) => (e.kind === 'open' ? `<${e.name}${Object.entries(e.attributes).map(([k, v]) => ` ${k}=[${v}]`).join('')}>` : e.kind === 'close' ? `</${e.name}>` : e.text))
    .join('');
}

describe('readXML', () => {
  it.each([
    ['<a/>', '<a></a>'],
    ['\ufeff<?xml version="1.0"?><!-- c --><!DOCTYPE a><a>x</a>\n', '<a>x</a>'],
    [`<a b="1" c='2 "q"'/>`, '<a b=[1] c=[2 "q"]></a>'],
    ['<a>&lt;b&gt; &amp;amp; &#65;&#x42;</a>', '<a><b> &amp; AB</a>'],
    ['<a><![CDATA[<b>&amp;]]></a>', '<a><b>&amp;</a>'],
    ['<x:a xmlns:x="u" x:b="1"><x:c/></x:a>', '<a x=[u] b=[1]><c></c></a>'],
    ['<a>fish & chips &nbsp; &;</a>', '<a>fish & chips &nbsp; &;</a>'],
    ['<a>&#0;&#x110000;&#xFFFFFFFFF;</a>', '<a>\ufffd\ufffd\ufffd</a>'],
    ['<a b = "1"\n c="2" />', '<a b=[1] c=[2]></a>'],
    ['<a title="say "hi" <b>&</b>"" c="2"/>', '<a title=[say "hi" <b>&</b>"] c=[2]></a>'],
    ['<a __proto__="x"/>', '<a __proto__=[x]></a>'],
  ])('%j', (text, want) => expect(shape(text)).toBe(want));

  it.each([
    ['', /not an XML/], ['   ', /not an XML/], ['hello', /outside/], ['<a>', /ends inside <a>/], ['<a></b>', /closes nothing/],
    ['</a>', /closes nothing/], ['<a/><b/>', /second document/], ['<a/>x', /outside/], ['<a b=1/>', /not well formed/],
    ['<a b="<', /not well formed/], ['<a b="1"c="2"/>x', /outside/], ['<a><!--', /ends before -->/],
    ['<a', /not well formed/], ['< a/>', /begins no tag/], ['<a>\n\n<b c></a>', /line 3/],
    ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', /refused/],
    ['<a>'.repeat(100), /inside each other/],
  ])('refuses %j', (text, reason) => {
    expect(() => shape(text)).toThrow(DocumentFault);
    expect(() => shape(text)).toThrow(reason);
  });

  it('takes time in proportion to the length of hostile text', () => {
    const long = '<a ' + 'b '.repeat(200_000);
    const start = performance.now();
    expect(() => shape(long)).toThrow(DocumentFault);
    expect(() => shape('<a>' + '&'.repeat(500_000) + '</a>')).not.toThrow();
    expect(() => shape('<a b="' + '" '.repeat(200_000))).toThrow(DocumentFault);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
