/** Turns are numbered from 1. In the last one the model has to answer, because nobody would read its tools' results. */
export function isLastTurn(turn: number, maxTurns: number): boolean {
  return turn >= maxTurns;
}
