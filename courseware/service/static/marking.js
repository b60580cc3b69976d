// Marking by keyboard: the points follow the items that are ticked until somebody types others, a click on a line
// names it for a note, kept comments go in where the cursor is. Without scripts every button works by itself.
import { keep } from "./marking-draft.js";

const form = document.getElementById("mark");
if (form) {
  const score = document.getElementById("score");
  const comment = document.getElementById("comment");
  const line = document.getElementById("line");
  const note = document.getElementById("note");
  const cell = document.getElementById("cell");
  const items = [...form.querySelectorAll("[data-points]")];
  const kept = [...form.querySelectorAll("[data-body]")];
  const switched = document.getElementById("keys-on");
  const besides = follow(Number(form.dataset.most));
  const written = keep(form, besides);

  function follow(most) {
    const within = (points) => Math.min(Math.max(points, 0), most);
    const sum = () =>
      within(items.filter((item) => item.checked).reduce((total, item) => total + Number(item.dataset.points), 0));
    const typed = () => (score.value === "" ? 0 : Number(score.value) - sum());
    let beside = typed();
    for (const item of items) {
      item.addEventListener("change", () => {
        score.value = String(Math.round(within(sum() + beside) * 100) / 100);
      });
    }
    score.addEventListener("input", () => (beside = typed()));
    return () => (beside = typed());
  }

  function insert(text) {
    const into = document.activeElement === note ? note : comment;
    const before = into.value.slice(0, into.selectionStart);
    const gap = before && !before.endsWith("\n") ? "\n\n" : "";
    into.setRangeText(gap + text, into.selectionStart, into.selectionEnd, "end");
    into.focus();
    written();
  }

  for (const button of kept) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      insert(button.dataset.body);
    });
  }
  const aim = (name, number) => {
    cell.value = name;
    line.value = number;
    note.focus();
  };
  for (const each of document.querySelectorAll(".line")) {
    const name = each.closest("[data-cell]").dataset.cell;
    const here = [...document.querySelectorAll("[data-cell]")].filter((place) => place.dataset.cell === name);
    if (here.some((place) => place.querySelector(`[data-at="${each.dataset.line}"]`))) {
      each.classList.add("noted");
    }
    each.addEventListener("dblclick", () => aim(name, each.dataset.line));
  }
  for (const button of document.querySelectorAll("button[value^='at:']")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      aim(button.value.slice(3), "");
    });
  }

  const save = () => form.requestSubmit(form.querySelector("button.primary"));
  const go = (way) => document.querySelector(`.steps a[rel=${way}]`)?.click();
  const help = document.getElementById("keys");
  const acts = {
    n: () => go("next"),
    p: () => go("prev"),
    s: save,
    c: () => comment.focus(),
    l: () => line.focus(),
    m: () => note.focus(),
    v: () => document.getElementById("preview").click(),
    w: () => document.querySelector("#some:not([aria-current]), #every:not([aria-current])").click(),
    0: () => score.select(),
    "?": () => {
      help.open = true;
      help.querySelector("summary").focus();
    },
  };

  // Keys of one letter can be switched off: software that is spoken to types letters too.
  switched.checked = window.localStorage.getItem("marking-keys") !== "off";
  switched.addEventListener("change", () => {
    window.localStorage.setItem("marking-keys", switched.checked ? "on" : "off");
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      save();
      return;
    }
    const within = event.target.closest("input, textarea, select");
    if (within && event.key === "Escape") {
      within.blur();
      return;
    }
    const writes = within && within.type !== "checkbox";
    if (writes || !switched.checked || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const digit = /^Digit([1-9])$/.exec(event.code);
    if (digit) {
      const chosen = (event.shiftKey ? kept : items)[Number(digit[1]) - 1];
      if (chosen) {
        event.preventDefault();
        chosen.click();
      }
      return;
    }
    const act = acts[event.key];
    if (act) {
      event.preventDefault();
      act();
    }
  });
}
