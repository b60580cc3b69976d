/** What a person wrote in a file; pure, so that it is tested without a Lab. */

interface ICell {
  cell_type?: unknown;
  source?: unknown;
  attachments?: unknown;
}

/**
 * Of a notebook its cells without outputs and metadata, which JupyterLab changes when it is only opened or run;
 * of anything else, all of it.
 */
export function fingerprint(text: string): string {
  let cells: unknown;
  try {
    cells = (JSON.parse(text) as { cells?: unknown } | null)?.cells;
  } catch {
    return text;
  }
  return Array.isArray(cells)
    ? JSON.stringify(
        (cells as ICell[]).map(cell => [
          cell.cell_type,
          Array.isArray(cell.source) ? cell.source.join('') : cell.source,
          cell.attachments ?? {}
        ])
      )
    : text;
}
