import { Matches } from 'class-validator';

/** A text with something to read in it: one of spaces is as good as none. */
export const NotBlank = (): PropertyDecorator => Matches(/\S/, { message: '$property should not be empty' });
