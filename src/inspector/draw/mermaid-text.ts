/**
 * Characters that mean nothing to Mermaid, wherever they stand in a label. Everything else is written as a
 * Mermaid entity (`#58;`), which the page that renders it turns back.
 */
const UNSAFE = /[^\p{L}\p{M}\p{N} .,()/=!?'+_[\]|-]/u;

/** Harmless characters in harmful places: labels are Markdown, and the lexer looks for some words anywhere. */
const UNSAFE_HERE = [
  /^[-+=]/, // list item, heading underline
  /(?<=^\d+)[.)]/, // numbered list
  /(?<=\[)\[|\[(?=\[)|(?<=\])\(/, // [[fork]], [text](link)
  /_(?![\p{L}\p{N}])|(?<![\p{L}\p{N}])_/u, // emphasis, except within a word
  /^ | $| (?= )/, // dropped by the lexer
  /d(?=irection\s+(?:TB|BT|RL|LR))/i, // read as a direction statement, even in the middle of a line
  /e(?=nd note)/i, // ends a note, in older versions even in the middle of a line
];

const unsafe = new RegExp([UNSAFE, ...UNSAFE_HERE].map((part) => `(?:${part.source})`).join('|'), 'giu');

/** A label for Mermaid's `stateDiagram-v2`, on one line; rendered, it reads like `text`. Injective. */
export const escapeText = (text: string): string =>
  text.replace(unsafe, (character) => `#${character.codePointAt(0) ?? 0};`);
