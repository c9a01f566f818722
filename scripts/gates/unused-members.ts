import ts from "typescript";
import type { Source } from "./sources.js";

export interface Member {
  readonly file: string;
  readonly line: number;
  /** `Interface.member` */
  readonly name: string;
}

/**
 * Methods of interfaces, types and classes that no file takes by their name: ports grow members that only their
 * adapters and tests know. Names are compared, not types, so a member that shares its name with one that is used goes
 * unnoticed; none is reported that is used.
 */
export function unusedMembers(sources: readonly Source[]): Member[] {
  const declared: Member[] = [];
  const taken = new Set<string>();
  for (const { file, text } of sources) {
    const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      for (const name of namesTaken(node)) taken.add(name);
      if (isMethod(node) && ts.isIdentifier(node.name)) {
        const line = parsed.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        declared.push({ file, line, name: `${ownerOf(node)}.${node.name.text}` });
      }
      ts.forEachChild(node, visit);
    };
    visit(parsed);
  }
  return declared.filter(({ name }) => !taken.has(name.slice(name.lastIndexOf(".") + 1)));
}

type Method = ts.MethodSignature | ts.PropertySignature | ts.MethodDeclaration;

function isMethod(node: ts.Node): node is Method {
  if (ts.isMethodSignature(node)) return true;
  if (ts.isPropertySignature(node)) return node.type !== undefined && ts.isFunctionTypeNode(node.type);
  return ts.isMethodDeclaration(node) && ts.isClassLike(node.parent);
}

function ownerOf(node: Method): string {
  for (let parent: ts.Node = node.parent; !ts.isSourceFile(parent); parent = parent.parent) {
    if (!ts.isInterfaceDeclaration(parent) && !ts.isTypeAliasDeclaration(parent) && !ts.isClassLike(parent))
      continue;
    if (parent.name !== undefined) return parent.name.text;
  }
  return "(a type without a name)";
}

/** `x.name`, `x["name"]`, `const { name } = x`. */
function namesTaken(node: ts.Node): string[] {
  if (ts.isPropertyAccessExpression(node)) return [node.name.text];
  if (ts.isElementAccessExpression(node)) {
    return ts.isStringLiteralLike(node.argumentExpression) ? [node.argumentExpression.text] : [];
  }
  if (ts.isBindingElement(node) && ts.isObjectBindingPattern(node.parent)) {
    const name = node.propertyName ?? node.name;
    return ts.isIdentifier(name) ? [name.text] : [];
  }
  return [];
}
