import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ICourse } from '../tokens';
import { go } from '../video/go';
import { Badges } from './badges';
import type { IBook, PanelModel } from './model';
import {
  attachment,
  bring,
  carriers,
  keyOf,
  lessonIn,
  show,
  videoOf
} from './notebook';
import type { DiscussionStore, LessonDiscussion } from './store';
import { heading } from './words';

interface IOpen {
  lesson: LessonDiscussion;
  badges: Badges;
}

/** The open notebooks of the course, each with its badges; the panel follows the one in front. */
export class Desk {
  private readonly open = new Map<NotebookPanel, IOpen>();

  constructor(
    private readonly course: ICourse,
    private readonly store: DiscussionStore,
    private readonly tracker: INotebookTracker,
    private readonly panel: PanelModel,
    private readonly trans: TranslationBundle,
    private readonly openFile: (path: string) => Promise<NotebookPanel | null>,
    private readonly opened: (key: string, origin: HTMLElement | null) => void,
    private readonly front: (notebook: NotebookPanel) => void
  ) {
    tracker.currentChanged.connect(() => this.follow());
    course.stateChanged.connect(() => this.settle());
  }

  /** A notebook was opened: adorn it once its content and the course are there. */
  add(notebook: NotebookPanel): void {
    notebook.disposed.connect(() => this.drop(notebook));
    void notebook.context.ready.then(() => {
      notebook.context.model.metadataChanged.connect(() =>
        this.adorn(notebook)
      );
      this.adorn(notebook);
    });
  }

  /** Open the discussion of the active cell; of the lesson, if the cell is the student's own. */
  discuss(): void {
    const notebook = this.tracker.currentWidget;
    const cell = notebook?.content.activeCell;
    const key = cell ? keyOf(cell) : null;
    const place = notebook ? this.open.get(notebook) : undefined;
    if (place && key && place.lesson.knows(key)) {
      this.opened(key, place.badges.of(key));
    } else if (place) {
      void this.panel.openAll();
    }
  }

  /**
   * Bring the notebook with a cell of a lesson to the front, one that is open or the person's copy. What is
   * given back scrolls to the cell: that is for when the panels beside it have their place.
   */
  async goTo(lesson: string, key: string): Promise<() => void> {
    const found = this.holding(lesson, key) ?? (await this.fetch(lesson, key));
    return () => {
      const cell = found && carriers(found.content).get(key);
      if (found && cell) {
        void bring(found.content, cell);
      }
    };
  }

  /** Whether the notebook in front has a discussion. */
  get ready(): boolean {
    const notebook = this.tracker.currentWidget;
    return notebook !== null && this.open.has(notebook);
  }

  /** Go to the next (or the last) cell that is talked about, round the end. */
  step(direction: 1 | -1): void {
    const notebook = this.tracker.currentWidget?.content;
    const place = this.tracker.currentWidget
      ? this.open.get(this.tracker.currentWidget)
      : undefined;
    if (!notebook || !place) {
      return;
    }
    const talked = [...carriers(notebook)]
      .filter(([key]) => place.lesson.count(key).posts > 0)
      .map(([key, cell]) => ({
        key,
        cell,
        index: notebook.widgets.indexOf(cell)
      }))
      .sort((a, b) => direction * (a.index - b.index));
    const here = notebook.activeCellIndex;
    const next =
      talked.find(each => direction * (each.index - here) > 0) ?? talked[0];
    if (next) {
      void show(notebook, next.cell).then(() =>
        place.badges.of(next.key)?.focus()
      );
    }
  }

  /** The open notebook of a lesson that has a cell; for no cell any of the lesson's. */
  private holding(lesson: string, key: string): NotebookPanel | null {
    const own = [...this.open].filter(
      ([, place]) => place.lesson.lesson === lesson
    );
    const [found] =
      own.find(([panel]) => !key || carriers(panel.content).has(key)) ?? [];
    if (found) {
      this.front(found);
    }
    return found ?? null;
  }

  /** Open the notebooks of the person's copy until one has the cell. */
  private async fetch(
    lesson: string,
    key: string
  ): Promise<NotebookPanel | null> {
    const copy = this.course.lessons.find(each => each.slug === lesson)?.copy;
    for (const name of copy?.notebooks ?? []) {
      const opened = await this.openFile(`${copy?.path}/${name}`);
      await opened?.context.ready;
      if (opened && (!key || carriers(opened.content).has(key))) {
        this.adorn(opened);
        this.front(opened);
        return opened;
      }
    }
    return null;
  }

  /** The course became known, or another one. */
  private settle(): void {
    this.tracker.forEach(notebook => {
      if (notebook.context.isReady) {
        this.adorn(notebook);
      }
    });
  }

  private adorn(notebook: NotebookPanel): void {
    const course = this.course.status?.course?.slug;
    const slug = course ? lessonIn(notebook, course) : null;
    const before = this.open.get(notebook);
    if (before?.lesson.lesson === slug && before.lesson.course === course) {
      return;
    }
    if (before) {
      this.drop(notebook);
    }
    if (slug !== null && !notebook.isDisposed) {
      const lesson = this.store.open(slug);
      const badges = new Badges(notebook, lesson, this.opened, this.trans);
      this.open.set(notebook, { lesson, badges });
    }
    this.follow();
  }

  private drop(notebook: NotebookPanel): void {
    const place = this.open.get(notebook);
    if (place) {
      this.open.delete(notebook);
      place.badges.dispose();
      this.store.close(place.lesson);
      this.follow();
    }
  }

  /** Whether the lesson of the panel is still open, in whichever notebook. */
  private get shown(): boolean {
    return [...this.open.values()].some(
      place => place.lesson === this.panel.lesson
    );
  }

  private follow(): void {
    const notebook = this.tracker.currentWidget;
    const place = notebook ? this.open.get(notebook) : undefined;
    if (notebook && place) {
      this.panel.look(place.lesson, book(notebook, this.trans));
    } else if (!this.shown) {
      this.panel.look(null, null);
    }
  }
}

const WORDS = 60;

/** What the panel may ask of a notebook. */
function book(panel: NotebookPanel, trans: TranslationBundle): IBook {
  const notebook = panel.content;
  const cellOf = (key: string) =>
    notebook.isDisposed ? undefined : carriers(notebook).get(key);
  return {
    label: key => {
      const text = cellOf(key)?.model.sharedModel.getSource() ?? '';
      return cellOf(key) ? heading(text, trans).slice(0, WORDS) || '…' : '';
    },
    attachment: key => {
      const cell = cellOf(key);
      return cell ? attachment(cell) : null;
    },
    jump: key => {
      const cell = cellOf(key);
      if (cell) {
        void show(notebook, cell).then(() => cell.node.focus());
      }
    },
    moment: key => {
      const second = Math.floor(videoOf(cellOf(key))?.currentTime ?? 0);
      return second >= 1 ? second : null;
    },
    seek: (key, second) => {
      const cell = cellOf(key);
      if (cell) {
        void show(notebook, cell).then(() => play(videoOf(cell), second));
      }
    }
  };
}

function play(video: HTMLVideoElement | null, second: number): void {
  if (video && go(video, second)) {
    video.focus();
    void video.play();
  }
}
