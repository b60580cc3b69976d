/** What a person wrote in a file; pure, so that it is tested without a Lab. */

import { JSONExt, type JSONValue } from '@lumino/coreutils';

interface ICell {
  cell_type?: unknown;
  source?: unknown;
  attachments?: unknown;
  metadata?: { nbgrader?: unknown };
}

/**
 * Of a notebook its cells without outputs and metadata, which JupyterLab changes when it is only opened or run;
 * of anything else, all of it.
 */
export function fingerprint(text: string): string {
  const found = cells(text);
  return found ? JSON.stringify(found.map(written)) : text;
}

/** Whether two texts of a file say the same, also what its author said of each cell, in whatever order. */
export function same(one: string, other: string): boolean {
  const [mine, theirs] = [cells(one), cells(other)];
  if (!mine || !theirs) {
    return one === other;
  }
  const marked = (cell: ICell): JSONValue =>
    [...written(cell), cell.metadata?.nbgrader ?? null] as JSONValue;
  return JSONExt.deepEqual(mine.map(marked), theirs.map(marked));
}

function cells(text: string): ICell[] | null {
  try {
    const found = (JSON.parse(text) as { cells?: unknown } | null)?.cells;
    return Array.isArray(found) ? (found as ICell[]) : null;
  } catch {
    return null;
  }
}

function written(cell: ICell): unknown[] {
  return [
    cell.cell_type,
    Array.isArray(cell.source) ? cell.source.join('') : cell.source,
    cell.attachments ?? {}
  ];
}
