import { LARGEST_TENANT_WEIGHT, LEAST_TENANT_WEIGHT } from '@troupe/contracts';
import { InvalidArgumentError } from 'commander';

/** A share, from the command line. */
export function parseWeight(text: string): number {
  const weight = Number(text);
  if (weight >= LEAST_TENANT_WEIGHT && weight <= LARGEST_TENANT_WEIGHT) return weight;
  throw new InvalidArgumentError(`It is a number from ${LEAST_TENANT_WEIGHT} to ${LARGEST_TENANT_WEIGHT}.`);
}
