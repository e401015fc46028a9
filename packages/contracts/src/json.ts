export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** An object of JSON. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** A JSON Schema, draft 2020-12 unless it names another. */
export type JsonSchema = JsonObject;
