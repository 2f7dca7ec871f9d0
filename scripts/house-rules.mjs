// The rules of the house that are not about imports: node scripts/house-rules.mjs prints each breach with its place.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const longestFile = 300;

/** Globals that reach out of the program: time, chance, terminal, process. They arrive as arguments instead. */
const impure = [
  'process',
  'console',
  'performance',
  'crypto',
  'fetch',
  'globalThis',
  'global',
  'eval',
  'Function',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'require',
];
const impureMembers = ['Date.now', 'Math.random', 'AbortSignal.timeout', 'Atomics.wait'];

/** Which globals and members a file must not mention, by folder; the first that fits counts. */
const rules = [
  { folder: 'src/core/', globals: impure, members: impureMembers },
  { folder: 'src/cli/', globals: [], members: [] },
  {
    folder: 'src/',
    globals: ['console'],
    members: [
      'process.stdout',
      'process.stderr',
      'process.stdin',
      'process.exit',
      'process.exitCode',
      'process.on',
      'process.once',
    ],
  },
];

if (process.argv[1] === import.meta.filename) {
  const breaches = findBreaches(path.join(import.meta.dirname, '..'));
  for (const breach of breaches) console.log(breach);
  if (breaches.length > 0) process.exitCode = 1;
}

/** Every breach under `root`/src as `file:line: what`. */
export function findBreaches(root) {
  return readdirSync(path.join(root, 'src'), { recursive: true })
    .map((file) => `src/${String(file).split(path.sep).join('/')}`)
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .flatMap((file) => inspect(file, readFileSync(path.join(root, file), 'utf8')))
    .map(({ file, line, problem }) => `${file}:${line}: ${problem}`);
}

function inspect(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const report = (node, problem) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    found.push({ file, line: line + 1, problem });
  };
  const lines = text.split('\n').length - 1;
  if (lines > longestFile) report(source, `${lines} lines: look for the second subject in it`);
  if (/(^|[/-])(utils?|helpers?|managers?|common|misc)[/.-]/.test(file.slice('src/'.length)))
    report(source, 'the name says nothing of its subject');
  if (isBarrel(source) && file !== 'src/index.ts')
    report(source, 'a barrel: nothing but exports of other files');
  const { globals, members } = rules.find(({ folder }) => file.startsWith(folder));
  const visit = (node) => {
    if (ts.isIdentifier(node) && globals.includes(node.text) && isValue(node))
      report(node, `uses ${node.text}`);
    if (ts.isExportDeclaration(node) && node.moduleSpecifier && !node.exportClause)
      report(node, 'exports without naming what');
    const member = memberName(node);
    if (member && members.includes(member)) report(node, `uses ${member}`);
    if (members.includes('Date.now') && readsClock(node)) report(node, 'reads the wall clock');
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Whether an identifier stands for a value, rather than for a key, a member's name or a type. */
function isValue(node) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  if (ts.isQualifiedName(parent) || ts.isTypeReferenceNode(parent)) return false;
  const named =
    ts.isPropertyAssignment(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isEnumMember(parent) ||
    ts.isGetAccessor(parent);
  return !(named && parent.name === node);
}

/** `Date.now` of `Date.now`, `Date['now']` and `const { now } = Date`. */
function memberName(node) {
  if (ts.isPropertyAccessExpression(node)) return `${node.expression.getText()}.${node.name.text}`;
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    return `${node.expression.getText()}.${node.argumentExpression.text}`;
  }
  if (ts.isBindingElement(node) && ts.isVariableDeclaration(node.parent.parent)) {
    return `${node.parent.parent.initializer?.getText()}.${(node.propertyName ?? node.name).getText()}`;
  }
  return null;
}

/** `new Date()` and `Date()`: without an argument they mean now. */
function readsClock(node) {
  if (ts.isCallExpression(node)) return node.expression.getText() === 'Date';
  return ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length;
}

function isBarrel(source) {
  return (
    source.statements.length > 0 &&
    source.statements.every((statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier)
  );
}
