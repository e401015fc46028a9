/** A statement that is prepared once a connection and then only bound. The name is unique in the whole project. */
export interface Statement {
  name: string;
  text: string;
}

/** Where statements can run: the pool, or one transaction. */
export interface Queryable {
  query<Row>(statement: Statement, values: unknown[]): Promise<Row[]>;
}
