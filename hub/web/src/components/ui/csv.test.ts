import { describe, expect, it } from 'vitest';
import { csvOf } from './csv';

describe('a table as CSV', () => {
  it('quotes what holds commas, quotes and line ends, and leaves out what is not there', () => {
    expect(
      csvOf([
        ['Name', 'Time'],
        ['Öztürkova, Ilvy "II"', null],
        ['a\nb', 12.5],
      ]),
    ).toBe('\uFEFFName,Time\r\n"Öztürkova, Ilvy ""II""",\r\n"a\nb",12.5\r\n');
  });

  it('lets no name of a stranger’s file run as a formula, and leaves numbers below zero as they are', () => {
    expect(csvOf([['=HYPERLINK("x")', '-1+2', -0.5]])).toBe('\uFEFF"\'=HYPERLINK(""x"")",\'-1+2,-0.5\r\n');
  });
});
