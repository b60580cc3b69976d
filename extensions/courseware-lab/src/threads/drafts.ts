/** Where drafts are kept: the part of the browser's storage that is used. */
export interface IKeep {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

export interface IDraft {
  title: string;
  body: string;
  anonymous: boolean;
  kind: 'question' | 'discussion' | 'private';
  /** Names this draft towards the course, so that a second try posts once. */
  key: string;
}

/** A draft as it is sent: staff see who asks them, whatever was ticked before that was chosen. */
export function sent(
  draft: IDraft
): Pick<IDraft, 'title' | 'body' | 'kind' | 'anonymous'> {
  const { title, body, kind, anonymous } = draft;
  return { title, body, kind, anonymous: anonymous && kind !== 'private' };
}

/**
 * What somebody began to write, by the place it is for. It survives a reload, a lost connection and a
 * closed tab, and goes when it was posted.
 */
export class Drafts {
  constructor(
    private readonly keep: IKeep,
    private readonly owner: string,
    private readonly fresh: () => string
  ) {}

  get(place: string): IDraft {
    const empty: IDraft = {
      title: '',
      body: '',
      anonymous: false,
      kind: 'question',
      key: this.fresh()
    };
    try {
      const told: unknown = JSON.parse(
        this.keep.getItem(this.name(place)) ?? 'null'
      );
      return typeof told === 'object' && told !== null
        ? { ...empty, ...told }
        : empty;
    } catch {
      return empty;
    }
  }

  put(place: string, draft: IDraft): void {
    try {
      if (draft.body || draft.title) {
        this.keep.setItem(this.name(place), JSON.stringify(draft));
      } else {
        this.keep.removeItem(this.name(place));
      }
    } catch {
      // A browser without storage (private window, full): the text is still on the screen.
    }
  }

  drop(place: string): void {
    try {
      this.keep.removeItem(this.name(place));
    } catch {
      // As above.
    }
  }

  private name(place: string): string {
    return `courseware:draft:${this.owner}:${place}`;
  }
}
