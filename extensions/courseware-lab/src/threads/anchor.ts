/**
 * Which cell of a working copy stands for which cell of the lesson. Pure; rules and measurements: a copied
 * or split cell doubles its key, a cut Markdown cell changes its id, files of nbformat 4.4 have new ids at
 * every opening. So the key decides, and among several the cell whose id is the one recorded with it.
 */

export const META = 'courseware';

/** What of a cell is needed: its id, and `metadata.courseware` as it stands in the file. */
export interface ICellLike {
  id: string;
  mark: unknown;
}

interface IMark {
  key: string;
  id: string;
}

/** The mark that the release gave a cell; null for the student's own cells and for nonsense. */
export function markOf(cell: ICellLike): IMark | null {
  const told = cell.mark;
  if (typeof told !== 'object' || told === null || !('key' in told)) {
    return null;
  }
  const { key } = told;
  if (typeof key !== 'string' || !key) {
    return null;
  }
  return {
    key,
    id: 'id' in told && typeof told.id === 'string' ? told.id : ''
  };
}

/** The index of the cell that carries each key. */
export function anchors(cells: readonly ICellLike[]): Map<string, number> {
  const found = new Map<string, { index: number; exact: boolean }>();
  cells.forEach((cell, index) => {
    const mark = markOf(cell);
    if (!mark) {
      return;
    }
    const exact = mark.id === cell.id;
    const before = found.get(mark.key);
    if (!before || (exact && !before.exact)) {
      found.set(mark.key, { index, exact });
    }
  });
  return new Map([...found].map(([key, place]) => [key, place.index]));
}

/** The lesson that a notebook belongs to, if it is one of this course. */
export function lessonOf(mark: unknown, course: string): string | null {
  if (typeof mark !== 'object' || mark === null) {
    return null;
  }
  const told = mark as Record<string, unknown>;
  return told.course === course && typeof told.lesson === 'string'
    ? told.lesson
    : null;
}
