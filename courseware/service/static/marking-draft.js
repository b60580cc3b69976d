// What is typed into the form of a mark and is not saved yet: kept in this browser for each hand-in and exercise, there
// again with a line that says so, gone once it is saved. Who leaves for another student is asked. It keeps the version
// of the mark that was seen, so that what somebody else gave meanwhile is not overwritten by it, and that of the
// rubric, by which its points are meant.
const KEPT = "courseware:marking:";
const DAYS = 30;

function read(name) {
  try {
    const told = JSON.parse(window.localStorage.getItem(name));
    return told !== null && typeof told === "object" ? told : null;
  } catch {
    return null;
  }
}

function put(name, told) {
  try {
    window.localStorage.setItem(name, JSON.stringify(told));
  } catch {
    // A browser without storage (private window, full): the text is still on the screen, and leaving asks.
  }
}

function drop(name) {
  try {
    window.localStorage.removeItem(name);
  } catch {
    // As above.
  }
}

// What nobody came back to in a month.
function tidy() {
  try {
    for (const name of Object.keys(window.localStorage).filter((each) => each.startsWith(KEPT))) {
      if (!(Date.now() - read(name)?.at < DAYS * 86400000)) {
        drop(name);
      }
    }
  } catch {
    // As above.
  }
}

const lines = (text) => text.replace(/\r\n?/g, "\n");

// The draft that was sent before this page came is saved, where the address says so.
function saved(whose, exercise) {
  const told = new URLSearchParams(window.location.search);
  const name = `${KEPT}${whose}:${told.get("after")}:${exercise}`;
  if (told.has("saved") && read(name)?.sent) {
    drop(name);
  }
}

// `filled` is called when the points or items of the form were put in anew.
export function keep(form, filled) {
  const [whose, work, exercise] = form.dataset.draft.split(/:(.*?):(.*)/s);
  const name = KEPT + form.dataset.draft;
  const field = (id) => document.getElementById(id);
  const items = [...form.querySelectorAll("input[name^='item-']")];
  const version = form.elements.namedItem("version");
  const rubric = form.elements.namedItem("rubric");
  const restored = field("restored");
  let going = false;

  const ticked = () => items.filter((item) => item.checked).map((item) => item.name.slice(5));
  const now = () => ({
    score: field("score").value,
    comment: lines(field("comment").value),
    items: ticked(),
    note: lines(field("note").value),
    line: field("line").value,
    cell: field("cell").value,
    version: version.value,
    rubric: rubric.value,
  });
  // What stands in the service: of a form that came back, the page tells it.
  const told = form.dataset.fresh ? JSON.parse(form.dataset.fresh) : null;
  const fresh = {
    score: told ? told.score : field("score").defaultValue,
    comment: lines(told ? told.comment : field("comment").defaultValue),
    items: told ? told.items : items.filter((item) => item.defaultChecked).map((item) => item.name.slice(5)),
  };
  const same = (one) =>
    one.score === fresh.score &&
    one.comment === fresh.comment &&
    [...one.items].sort().join() === [...fresh.items].sort().join() &&
    !one.note.trim();
  const write = (sent) => {
    const one = now();
    if (same(one)) {
      drop(name);
    } else {
      put(name, { ...one, at: Date.now(), sent });
    }
  };
  const fill = (one) => {
    field("score").value = one.score;
    field("comment").value = one.comment;
    field("note").value = one.note;
    field("line").value = one.line;
    if ([...field("cell").options].some((option) => option.value === one.cell)) {
      field("cell").value = one.cell;
    }
    for (const item of items) {
      item.checked = one.items.includes(item.name.slice(5));
    }
    version.value = one.version;
    rubric.value = one.rubric ?? rubric.value; // a draft that was kept before drafts named it has none
    filled();
  };

  // A hidden field has no other value to go back to: it is read before the draft is put in.
  const untouched = {
    ...fresh,
    note: "",
    line: "",
    cell: field("cell").value,
    version: version.value,
    rubric: rubric.value,
  };

  tidy();
  saved(whose, exercise);
  const before = read(name);
  if (told) {
    write(false);
  } else if (before && !same(before)) {
    field("marked-since").hidden = before.version === version.value;
    field("rubric-since").hidden = (before.rubric ?? rubric.value) === rubric.value;
    fill(before);
    restored.hidden = false;
  } else {
    drop(name);
  }
  field("discard").addEventListener("click", () => {
    drop(name);
    fill(untouched);
    restored.hidden = true;
    field("comment").focus();
  });
  for (const event of ["input", "change"]) {
    document.addEventListener(event, ({ target }) => {
      if (target.form === form) {
        going = false;
        write(false);
      }
    });
  }
  form.addEventListener("submit", () => {
    going = true;
    write(true);
  });
  // To the same hand-in, with all cells say, it comes along: nothing is lost, so nobody is asked.
  document.addEventListener("click", ({ target }) => {
    const link = target.closest?.("a[href]");
    if (link) {
      const to = new URL(link.href);
      going = to.pathname === window.location.pathname && to.searchParams.get("submission") === work;
    }
  });
  window.addEventListener("pageshow", () => (going = false));
  window.addEventListener("beforeunload", (event) => {
    if (!going && !same(now())) {
      event.preventDefault();
      event.returnValue = true; // what browsers of before 2024 look at
    }
  });
  return () => write(false);
}
