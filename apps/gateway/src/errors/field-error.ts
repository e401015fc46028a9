/** What is wrong with one field of a request. */
export interface FieldError {
  /** Path with dots: `definition.role`. */
  field: string;
  /** The same as a JSON Pointer (RFC 6901): `/definition/role`. */
  pointer: string;
  message: string;
}
