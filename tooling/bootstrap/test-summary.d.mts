export function readTestSummary(resultFile: string): { failed: number; text: string };
