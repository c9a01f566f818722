import type { components, operations } from "./api-types.js";

export type Schemas = components["schemas"];
export type OperationId = keyof operations;

type JsonOf<Part> = Part extends { content: { "application/json": infer Value } } ? Value : never;

/** What an operation takes as its body. */
export type BodyOf<Id extends OperationId> = operations[Id] extends { requestBody?: infer Body }
  ? JsonOf<NonNullable<Body>>
  : never;

/** What an operation answers when it succeeds. */
export type AnswerOf<Id extends OperationId> = {
  [Status in keyof operations[Id]["responses"] & (200 | 201 | 202)]: JsonOf<
    operations[Id]["responses"][Status]
  >;
}[keyof operations[Id]["responses"] & (200 | 201 | 202)];

export type QueryOf<Id extends OperationId> = operations[Id]["parameters"] extends { query?: infer Query }
  ? NonNullable<Query>
  : never;
