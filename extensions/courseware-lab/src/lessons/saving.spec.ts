import { Signal } from '@lumino/signaling';
import { follow, type IPlace, saved } from './saving';

const BOOK = {
  cells: [{ cell_type: 'code', source: 'x = 1', metadata: {} }]
};

/** A document whose saves end when they are told to. */
class Document {
  readonly ready = Promise.resolve();
  readonly path = 'lesson/lesson.ipynb';
  readonly model = {
    dirty: true,
    collaborative: false,
    contentChanged: new Signal<object, void>({}),
    toJSON: () => BOOK,
    toString: () => JSON.stringify(BOOK)
  };
  readonly saveState = new Signal<this, 'started' | 'completed' | 'failed'>(
    this
  );
  saves = 0;
  private ends: ((state: 'completed' | 'failed') => void)[] = [];

  save(): Promise<void> {
    this.saves += 1;
    this.saveState.emit('started');
    return new Promise(resolve => {
      this.ends.push(state => {
        this.model.dirty = state === 'failed';
        this.saveState.emit(state);
        resolve();
      });
    });
  }

  end(state: 'completed' | 'failed'): void {
    this.ends.shift()?.(state);
  }
}

/** The server's room of a shared document: how it answers one after the other, and what the file has then. */
class Room {
  asked = 0;
  kept: unknown = { cells: [] };

  constructor(private readonly answers: ('writes' | 'says so' | 'refuses')[]) {}

  save(
    path: string,
    options: { content: unknown; type: string }
  ): Promise<never> {
    this.asked += 1;
    const answer = this.answers.shift() ?? 'never';
    if (answer === 'writes' && path === 'lesson/lesson.ipynb') {
      this.kept = options.content;
    }
    if (answer === 'refuses') {
      // The server's answer is a bare text.
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject('Saving already in progress');
    }
    return answer === 'never'
      ? new Promise(() => undefined)
      : Promise.resolve({} as never);
  }

  get(): Promise<never> {
    return Promise.resolve({ content: this.kept } as never);
  }
}

function made(
  room = new Room([])
): [Document, Parameters<typeof saved>[0], Room] {
  const document = new Document();
  const context = document as unknown as Parameters<typeof saved>[0];
  const kind = { contentType: 'notebook', fileFormat: 'json' } as const;
  const contents = room as unknown as IPlace['contents'];
  const trans = { __: (text: string) => text };
  const place: IPlace = { contents, provider: 'rtc', kind, trans };
  follow(context, place);
  return [document, context, room];
}

const soon = (): Promise<void> => new Promise(resolve => setTimeout(resolve));

describe('saved', () => {
  it('saves what was changed, and only that', async () => {
    const [document, context] = made();
    const done = saved(context);
    await soon();
    document.end('completed');
    await done;
    await saved(context);
    expect(document.saves).toBe(1);
  });

  it('waits for a save that runs, and has nothing to do after it', async () => {
    const [document, context] = made();
    void document.save();
    let ended = false;
    const done = saved(context).then(() => (ended = true));
    await soon();
    expect([document.saves, ended]).toEqual([1, false]);
    document.end('completed');
    await done;
    expect(document.saves).toBe(1);
  });

  it('saves once more after one that failed', async () => {
    const [document, context] = made();
    void document.save();
    const done = saved(context);
    await soon();
    document.end('failed');
    await soon();
    expect(document.saves).toBe(2);
    document.end('completed');
    await done;
  });

  it('saves nothing that was only read from the disk', async () => {
    const [document, context] = made();
    document.model.dirty = false;
    document.model.contentChanged.emit();
    await saved(context);
    expect(document.saves).toBe(0);
  });

  it('saves again what was typed while a save ran', async () => {
    const [document, context] = made();
    void document.save();
    document.model.contentChanged.emit();
    const done = saved(context);
    await soon();
    document.end('completed');
    await soon();
    expect(document.saves).toBe(2);
    document.end('completed');
    await done;
    await saved(context);
    expect(document.saves).toBe(2);
  });

  it('has the server write what several people work on', async () => {
    const [document, context, room] = made(new Room(['writes']));
    document.model.collaborative = true;
    document.model.dirty = false;
    await saved(context);
    expect([document.saves, room.asked]).toEqual([0, 1]);
    expect(room.kept).toEqual(BOOK);
  });

  it('asks again until the file is as the document', async () => {
    const [document, context, room] = made(
      new Room(['refuses', 'says so', 'writes'])
    );
    document.model.collaborative = true;
    await saved(context);
    expect(room.asked).toBe(3);
    expect(room.kept).toEqual(BOOK);
  });

  it('ends where nobody answers, and says that nothing is saved', async () => {
    jest.useFakeTimers();
    try {
      const [document, context] = made(new Room([]));
      document.model.collaborative = true;
      const done = expect(saved(context)).rejects.toThrow(
        'The file is not saved'
      );
      await jest.advanceTimersByTimeAsync(11_000);
      await done;
    } finally {
      jest.useRealTimers();
    }
  });
});
