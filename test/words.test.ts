import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

/**
 * Words that a search engine and an on-call engineer do not know, with those of AWS and Kubernetes that stand for them. They may not
 * come back in what is read: messages, help, documentation, comments. Names of rules and of files stay as they are.
 */
const BANNED: readonly (readonly [RegExp, string])[] = [
  [/\b(?:takes?|taking|taken) (?:a|the|this|that|its|their|any|every|another) (?:administrative )?roles?\b/, 'assume a role'],
  [/\brole (?:is|was|be) taken\b|\bcannot be taken\b/, 'be assumed'],
  [/\b(?:lets?|letting) in\b|\b(?:is|are|be) let in\b|\blets? (?:it|them|him|us|you|anybody|somebody|nobody|everybody) in\b/, 'allow'],
  [/\b(?:gets?|got) in\b/, 'is allowed, can assume the role'],
  [
    /\bshut(?:s|ting)? (?:it |them |somebody |everybody )?out\b|\bkept shut\b|\bkeep(?:s)? (?:it|them|everybody) out\b|\bkept (?:them |it )?out\b/,
    'denied, blocked',
  ],
  [/\badmit(?:s|ted|ting)?\b/, 'allow'],
  [/\bpass(?:es|ed|ing)? over\b/, 'ignore'],
  [/\bg[ai]ves? way to\b/, 'is replaced by'],
  [/\bcarr(?:y|ies) (?:the|a|an|its|this|that|no) (?:role|annotation)\b|\bcarriers?\b/, 'use the role, have the annotation'],
  [/\bin vain\b/, 'without effect'],
  [/\bstands? (?:in|on|under|twice|behind|beside)\b|\bas it stands\b/, 'is, appears'],
  [/\bPeople see\b/, 'Error in the pod'],
  [/\bRepair:/, 'Fix:'],
  [/\banew\b/, 'again, recreated'],
  [/\bfor good\b/, 'permanently'],
  [/\bword for word\b/, 'verbatim'],
  [/\bletter by letter\b/, 'character by character'],
  [/\bto be had\b/, 'available'],
  [/\bhangs? on\b/, 'depends on'],
  [/\bdemands\b|\bdemanded\b/, 'require'],
  [/(?<![\w.:@-])[Mm]ails?\b(?![.-])|\b[Ee]-mails?\b/, 'email'],
  [
    /\b(?:[Aa]uthor|[Oo]rgan|[Rr]ecogn|[Nn]ormal|[Ss]erial|[Ss]ummar|[Ii]nitial|[Mm]inim|[Oo]ptim|[Ss]pecial|[Ss]ynchron|[Uu]til)is(?:e|ing|ation|able)/,
    'US spelling',
  ],
  [
    /\b(?:[Cc]ol|[Ff]av|[Hh]on|[Nn]eighb|[Bb]ehavi)our|(?<!-)\b[Mm]isspelt\b|\b[Aa]nalyse|\b[Cc]ancelled\b|\b[Ll]abelled\b|\b[Ll]icence|\b[Cc]atalogue\b/,
    'US spelling',
  ],
  [/\b(?:Not looked|Looked) at\b|\blook inside the clusters?\b/, 'scanned'],
  [/\bdefect of (?:this|the) program\b/, 'internal error'],
  [/\bwrong usage\b/, 'usage error'],
  [/\bNobody is there to ask\b|\bGo on\?/, 'Not a terminal, Continue?'],
];

/** What somebody else wrote, as it was written. */
const QUOTES = /^src\/explain\/texts\//;

/** Comments and texts of several words of a source: names are no prose. */
function proseOfCode(path: string, text: string): string {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
  const prose = new Set<string>();
  const comments = (ranges: readonly ts.CommentRange[] | undefined): void => {
    for (const { pos, end } of ranges ?? []) prose.add(text.slice(pos, end));
  };
  const visit = (node: ts.Node): void => {
    comments(ts.getLeadingCommentRanges(text, node.getFullStart()));
    const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node);
    if (isText && node.text.includes(' ')) prose.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...prose].join('\n');
}

/** A page without its code. */
const proseOfPage = (text: string): string =>
  text.replace(/^```[^]*?^```/gm, '').replace(/`[^`\n]*`|<!--[^\n]*-->|\]\([^)\n]*\)|<https?:[^>\n]*>/g, '');

const FILES = execFileSync('git', ['ls-files', 'src', 'cli', 'lambda', 'infra', 'page', 'docs', 'README.md'], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((path) => /\.(?:ts|md)$/.test(path) && !QUOTES.test(path));

/** Where each banned word is, with the words around it. */
function found(): readonly string[] {
  return FILES.flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    const prose = path.endsWith('.md') ? proseOfPage(text) : proseOfCode(path, text);
    return BANNED.flatMap(([word, better]) => {
      const at = prose.search(word);
      return at === -1 ? [] : [`${path}: ${better}: … ${prose.slice(Math.max(0, at - 30), at + 50).replace(/\s+/g, ' ')} …`];
    });
  });
}

describe('the words', () => {
  it('are those of AWS and Kubernetes', () => expect(found()).toEqual([]));

  it.each(['take the role', 'who lets it in', 'gets in', 'is shut out', 'a mail', 'organisation'])('would be found: %s', (words) => {
    expect(BANNED.some(([word]) => word.test(words))).toBe(true);
  });

  it('are no names', () => {
    expect(proseOfCode('x.ts', "/** A comment. */\nconst admits = 'shut-out'; f('two words', `a ${admits} b`);")).toBe(
      '/** A comment. */\ntwo words\na \n b',
    );
  });
});
