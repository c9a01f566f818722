import path from "node:path";
import ts from "typescript";
import type { PreparedStatement } from "./prepared-statements.js";

/** `db.run<Row>(STATEMENT, …)`: what the code believes of a statement's rows. */
interface DeclaredRow {
  readonly where: string;
  /** Of the statement: a pattern where several tables share one, and the file that makes it. */
  readonly names: RegExp;
  readonly madeIn: string;
  readonly members: readonly { readonly name: string; readonly type: string; readonly kinds: Kinds }[];
}

/** What a member may be besides null; "any" is not looked into. */
type Kinds = ReadonlySet<"number" | "string" | "boolean" | "any">;

/** As the parsers of src/db/database.ts read PostgreSQL's types; others are objects, or a text of their own. */
const KIND_OF: Readonly<Record<string, "number" | "string" | "boolean">> = {
  bigint: "number",
  integer: "number",
  smallint: "number",
  "double precision": "number",
  real: "number",
  numeric: "string",
  text: "string",
  "character varying": "string",
  uuid: "string",
  inet: "string",
  "timestamp with time zone": "string",
  boolean: "boolean",
};

/** Members that no row has, or that PostgreSQL gives another type; and how many were compared. */
export function compareRows(
  prepared: readonly PreparedStatement[],
  declared: readonly DeclaredRow[],
): {
  readonly compared: number;
  readonly wrong: readonly string[];
} {
  const wrong: string[] = [];
  let compared = 0;
  for (const { where, names, madeIn, members } of declared) {
    const meant = prepared.filter((one) => one.file === madeIn && names.test(one.name));
    for (const { name, columns } of meant) {
      compared += 1;
      for (const member of members) {
        const column = columns.find((one) => one.name === member.name);
        if (column === undefined) {
          wrong.push(`${where}: ${name} returns no ${member.name}`);
          continue;
        }
        const kind = KIND_OF[column.type];
        if (kind !== undefined && !member.kinds.has("any") && !member.kinds.has(kind))
          wrong.push(`${where}: ${name} returns ${member.name} as ${column.type}, not as ${member.type}`);
      }
    }
  }
  return { compared, wrong };
}

/** In these files of the program, or in all. */
export function declaredRows(given?: readonly string[]): DeclaredRow[] {
  const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, process.cwd());
  const files = given ?? ts.sys.readDirectory("src", [".ts"], ["**/*.test.ts"]);
  const program = ts.createProgram(files, { ...options, noEmit: true, incremental: false });
  const checker = program.getTypeChecker();
  const found: DeclaredRow[] = [];
  for (const source of program.getSourceFiles()) {
    if (
      source.isDeclarationFile ||
      !files.some((file) => path.resolve(file) === path.resolve(source.fileName))
    )
      continue;
    const visit = (node: ts.Node): void => {
      const row = declaredRowOf(node, source, checker);
      if (row !== undefined) found.push(row);
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return found;
}

function declaredRowOf(
  node: ts.Node,
  source: ts.SourceFile,
  checker: ts.TypeChecker,
): DeclaredRow | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const [rowType] = node.typeArguments ?? [];
  const [sent] = node.arguments;
  if (node.expression.name.text !== "run" || rowType === undefined || sent === undefined) return undefined;
  const statement = statementOf(sent, checker);
  if (statement === undefined) return undefined;
  const members = checker
    .getTypeFromTypeNode(rowType)
    .getProperties()
    .map((property) => {
      const type = checker.getTypeOfSymbolAtLocation(property, rowType);
      return { name: property.name, type: checker.typeToString(type), kinds: kindsOf(type) };
    });
  const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  return { where: `${fileOf(source)}:${line}`, ...statement, members };
}

const fileOf = (source: ts.SourceFile): string =>
  path.relative(process.cwd(), source.fileName).replaceAll(path.sep, "/");

/** The `statement(name, text)` that a constant or a member of a table of them is. */
function statementOf(
  sent: ts.Expression,
  checker: ts.TypeChecker,
): Pick<DeclaredRow, "names" | "madeIn"> | undefined {
  const declared = checker.getSymbolAtLocation(
    ts.isPropertyAccessExpression(sent) ? sent.name : sent,
  )?.valueDeclaration;
  const made =
    declared !== undefined && (ts.isVariableDeclaration(declared) || ts.isPropertyAssignment(declared))
      ? declared.initializer
      : undefined;
  if (made === undefined || !ts.isCallExpression(made) || made.expression.getText() !== "statement")
    return undefined;
  const [name] = made.arguments;
  if (name === undefined) return undefined;
  const madeIn = fileOf(made.getSourceFile());
  if (ts.isStringLiteralLike(name)) return { names: new RegExp(`^${escaped(name.text)}$`), madeIn };
  if (!ts.isTemplateExpression(name)) return undefined;
  const rest = name.templateSpans.map(({ literal }) => `\\w+${escaped(literal.text)}`).join("");
  return { names: new RegExp(`^${escaped(name.head.text)}${rest}$`), madeIn };
}

function kindsOf(type: ts.Type): Kinds {
  const kinds = new Set<"number" | "string" | "boolean" | "any">();
  for (const one of type.isUnion() ? type.types : [type]) {
    if (one.flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined)) continue;
    if (one.flags & ts.TypeFlags.NumberLike) kinds.add("number");
    else if (one.flags & ts.TypeFlags.StringLike) kinds.add("string");
    else if (one.flags & ts.TypeFlags.BooleanLike) kinds.add("boolean");
    else kinds.add("any");
  }
  return kinds;
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
