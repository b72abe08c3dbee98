// Writes the declarations of what apps import to dist/types: node scripts/declarations.mjs
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';

const FOLDER = 'dist/types';
/** The shapes that types are inferred from are of zod, which is inside the bundles: no app has to install it. */
const SHAPES = /\/inventory\/shape\.ts$/;
const PLAIN = ts.NodeBuilderFlags.NoTruncation;

const { config } = ts.readConfigFile('tsconfig.types.json', ts.sys.readFile);
const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
const program = ts.createProgram(fileNames, options);
const checker = program.getTypeChecker();

/** Whether a declaration speaks of zod by its type, written or inferred. */
function isOfZod(node) {
  const type = checker.typeToString(checker.getTypeAtLocation(node), node, ts.TypeFormatFlags.NoTruncation);
  return /\bz\.|\bZod\w*/.test(type);
}

/** A type as it is written; of an optional member without the `undefined` that stands for its absence. */
function typeNode(type, at, isOptional) {
  const node = checker.typeToTypeNode(type, at, PLAIN);
  if (!isOptional || !ts.isUnionTypeNode(node)) return node;
  const rest = node.types.filter(({ kind }) => kind !== ts.SyntaxKind.UndefinedKeyword);
  return rest.length === 1 ? rest[0] : ts.factory.createUnionTypeNode(rest);
}

/** A member of a shape, with its comment. */
function memberOf(property, at) {
  const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
  const { factory } = ts;
  const member = factory.createPropertySignature(
    [factory.createModifier(ts.SyntaxKind.ReadonlyKeyword)],
    property.name,
    isOptional ? factory.createToken(ts.SyntaxKind.QuestionToken) : undefined,
    typeNode(checker.getTypeOfSymbol(property), at, isOptional),
  );
  const comment = ts.displayPartsToString(property.getDocumentationComment(checker));
  return comment === '' ? member : ts.addSyntheticLeadingComment(member, ts.SyntaxKind.MultiLineCommentTrivia, `* ${comment} `, true);
}

/** Whether an interface is inferred: it extends the `Shape` of a table of members. */
function isOfShape({ heritageClauses: [clause] = [] }) {
  const symbol = clause === undefined ? undefined : checker.getSymbolAtLocation(clause.types[0].expression);
  if (symbol === undefined || (symbol.flags & ts.SymbolFlags.Alias) === 0) return false;
  const [declaration] = checker.getAliasedSymbol(symbol).declarations ?? [];
  return declaration !== undefined && SHAPES.test(declaration.getSourceFile().fileName);
}

/** `interface Role extends Shape<typeof role> {}` with its members written out, and without the values that they come from. */
const writtenOut = () => (file) => {
  if (!ts.isSourceFile(file)) return file;
  const statements = file.statements.flatMap((statement) => {
    const original = ts.getOriginalNode(statement);
    if (ts.isVariableStatement(original) && original.declarationList.declarations.some(isOfZod)) return [];
    if (ts.isImportDeclaration(original) && /^zod$|\/shape\.js$/.test(original.moduleSpecifier.text)) return [];
    if (!ts.isInterfaceDeclaration(original) || !isOfShape(original)) return [statement];
    const members = checker
      .getTypeAtLocation(original)
      .getProperties()
      .map((property) => memberOf(property, original));
    const { modifiers, name, typeParameters } = statement;
    return [ts.factory.updateInterfaceDeclaration(statement, modifiers, name, typeParameters, undefined, members)];
  });
  return ts.factory.updateSourceFile(file, statements);
};

const texts = new Map();
const write = (path, text) => texts.set(resolve(path), text);
// That the sources are right is checked by `npm run check`.
const { diagnostics } = program.emit(undefined, write, undefined, true, { afterDeclarations: [writtenOut] });
if (diagnostics.length > 0) {
  const host = { getCanonicalFileName: (path) => path, getCurrentDirectory: ts.sys.getCurrentDirectory, getNewLine: () => '\n' };
  process.stderr.write(ts.formatDiagnostics(diagnostics, host));
  process.exit(1);
}

/** The declarations that a file asks for, itself among them. */
function reached(path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  const text = texts.get(path);
  if (text === undefined) throw new Error(`${relative('.', path)} is asked for and was not made`);
  for (const [, asked] of text.matchAll(/(?:from|import\()\s*["'](\.[^"']+)\.js["']/g))
    reached(resolve(dirname(path), `${asked}.d.ts`), found);
  return found;
}

rmSync(FOLDER, { recursive: true, force: true });
const entries = fileNames.map((file) => resolve(FOLDER, relative('.', file).replace(/\.ts$/, '.d.ts')));
for (const path of new Set(entries.flatMap((entry) => [...reached(entry)]))) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, texts.get(path));
}
// The construct is CommonJS (scripts/build.mjs).
writeFileSync(join(FOLDER, 'infra/package.json'), '{ "type": "commonjs" }\n');
