/** What lint says of a lesson, and where. */

export interface IFinding {
  code: string;
  level: 'error' | 'warning' | 'repaired';
  where: string;
  message: string;
}

/** What the course says of the files of a lesson. */
export interface ILint {
  findings: IFinding[];
  delimiters: Record<string, [string, string]>;
}

/** The file that a finding is about, and the number of the cell in it, from 0. */
export function placeOf(where: string): { file: string; cell: number | null } {
  const [, file, number] = /^(.+?\.ipynb), cell (\d+)/.exec(where) ?? [];
  return file
    ? { file, cell: Number(number) - 1 }
    : { file: where.replace(/, line \d+$/, ''), cell: null };
}

const ORDER = { error: 0, warning: 1, repaired: 2 };

/** The findings at the cells of one notebook by the ids that the cells have, and all the others. */
export function sorted(
  findings: readonly IFinding[],
  file: string,
  ids: readonly string[]
): { cells: Map<string, IFinding[]>; others: IFinding[] } {
  const cells = new Map<string, IFinding[]>();
  const others: IFinding[] = [];
  for (const each of [...findings].sort(
    (a, b) => ORDER[a.level] - ORDER[b.level]
  )) {
    const place = placeOf(each.where);
    const id = place.cell === null ? undefined : ids[place.cell];
    if (place.file === file && id !== undefined) {
      cells.set(id, [...(cells.get(id) ?? []), each]);
    } else {
      others.push(each);
    }
  }
  return { cells, others };
}

/** The codes that sentences of a refusal end with, each once: what can be accepted. */
export function codes(sentences: readonly string[]): string[] {
  const found = sentences.map(each => /\[([a-z-]+)\]$/.exec(each)?.[1] ?? '');
  return [...new Set(found.filter(each => each))].sort();
}
