import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { speak } from '../tongue';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IFinding } from './findings';
import {
  type CellType,
  counts,
  idOf,
  type Kind,
  kindOf,
  kindsOf,
  pointsOf
} from './marks';
import type { AuthorModel } from './model';
import { kind, level, points } from './words';

const BAR = 'cw-Author-bar';

/**
 * A bar below each marked cell, each with findings, and the active one: what the cell is for, to be chosen anew,
 * its id and points, and what lint says of it. It is drawn outside of the notebook's own nodes, and nothing is
 * written for it.
 */
export class Markers {
  private frame = 0;
  private drawn = new Set<Cell>();

  constructor(
    private readonly model: AuthorModel,
    private readonly trans: TranslationBundle
  ) {
    model.stateChanged.connect(this.later, this);
  }

  /** All drawings of one frame are one. */
  later(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  /** Take the bars away from a notebook that is not the one before the author any more. */
  leave(panel: NotebookPanel): void {
    for (const bar of panel.node.querySelectorAll(`.${BAR}`)) {
      bar.parentElement?.removeAttribute('data-cw-author');
      bar.remove();
    }
    this.drawn.clear();
  }

  private draw(): void {
    const shown = new Set<Cell>();
    for (const cell of this.model.widgets) {
      const marks: unknown = cell.model.getMetadata('nbgrader');
      const found = this.model.looked?.cells.get(cell.model.id) ?? [];
      if (
        kindOf(marks) !== 'ordinary' ||
        found.length ||
        cell === this.model.active
      ) {
        shown.add(cell);
        this.bar(cell, marks, found);
      }
    }
    for (const cell of this.drawn) {
      if (!shown.has(cell) && !cell.isDisposed) {
        cell.node.querySelector(`:scope > .${BAR}`)?.remove();
        delete cell.node.dataset.cwAuthor;
      }
    }
    this.drawn = shown;
  }

  private bar(cell: Cell, marks: unknown, found: readonly IFinding[]): void {
    const own = kindOf(marks);
    let bar = cell.node.querySelector<HTMLElement>(`:scope > .${BAR}`);
    if (!bar) {
      bar = this.fresh(cell);
      // Appended: the cell's layout counts its children from the front.
      cell.node.append(bar);
    }
    cell.node.dataset.cwAuthor = own;
    const select = bar.querySelector('select');
    if (select && select.value !== own) {
      select.value = own;
    }
    const told = [
      idOf(marks),
      counts(own) ? points(pointsOf(marks), this.trans) : ''
    ].filter(each => each);
    const label = bar.querySelector('.cw-Author-told');
    if (label && label.textContent !== told.join(' · ')) {
      label.textContent = told.join(' · ');
    }
    this.findings(bar, found);
  }

  private findings(bar: HTMLElement, found: readonly IFinding[]): void {
    const list = bar.querySelector('ul');
    const told = JSON.stringify(found);
    if (!list || list.dataset.told === told) {
      return;
    }
    list.dataset.told = told;
    const items = found.map(each => this.item(each));
    list.replaceChildren(...items);
  }

  private item(found: IFinding): HTMLElement {
    const item = document.createElement('li');
    const weight = document.createElement('strong');
    const text = document.createElement('span');
    item.className = `cw-mod-${found.level}`;
    weight.textContent = level(found.level, this.trans);
    text.textContent = found.message;
    text.dir = 'auto';
    item.append(weight, ' ', text);
    return item;
  }

  private fresh(cell: Cell): HTMLElement {
    const bar = document.createElement('div');
    const select = document.createElement('select');
    const told = document.createElement('bdi');
    const list = document.createElement('ul');
    bar.className = BAR;
    speak(bar, this.trans);
    bar.dataset.lmSuppressShortcuts = 'true';
    for (const event of ['keydown', 'dblclick', 'mousedown']) {
      bar.addEventListener(event, caught => caught.stopPropagation());
    }
    bar.setAttribute('role', 'group');
    bar.setAttribute('aria-label', this.trans.__('For authors'));
    select.setAttribute('aria-label', this.trans.__('What this cell is for'));
    for (const each of kindsOf(cell.model.type as CellType)) {
      const option = document.createElement('option');
      option.value = each;
      option.textContent = kind(each, this.trans);
      select.append(option);
    }
    select.addEventListener('change', () =>
      this.model.mark(cell, select.value as Kind)
    );
    told.className = 'cw-Author-told';
    bar.append(select, told, list);
    return bar;
  }
}
