import { describe, expect, test } from '@jest/globals';
import { TroupeError } from '@troupe/contracts';
import { IsString } from 'class-validator';
import { ListOf } from './list-of.js';
import { validationPipe } from './validate-body.js';

class PieceDto {
  @IsString()
  name: string;
}

class WholeDto {
  @ListOf(() => PieceDto)
  pieces: PieceDto[];
}

async function refusalOf(pieces: unknown): Promise<unknown> {
  try {
    return await validationPipe().transform({ pieces }, { type: 'body', metatype: WholeDto });
  } catch (error) {
    if (error instanceof TroupeError) return error.details;
    throw error;
  }
}

describe('ListOf', () => {
  test('takes objects of its class', async () => {
    expect(await refusalOf([{ name: 'one' }])).toEqual({ pieces: [{ name: 'one' }] });
    expect(await refusalOf([])).toEqual({ pieces: [] });
  });

  test.each([
    [[[]], 'pieces'],
    [[[{ name: 'one' }]], 'pieces'],
    [[null], 'pieces.0'],
    [['one'], 'pieces.0'],
    [{}, 'pieces'],
    ['one', 'pieces'],
  ])('refuses %j', async (pieces, field) => {
    expect(await refusalOf(pieces)).toMatchObject({
      errors: expect.arrayContaining([expect.objectContaining({ field })]),
    });
  });

  test('names what is wrong in an object', async () => {
    expect(await refusalOf([{ name: 'one' }, { name: 2 }])).toMatchObject({ errors: [{ field: 'pieces.1.name' }] });
  });
});
