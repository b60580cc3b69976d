// Watches a hand-in, or a check on the course, until it has ended, then says so in the live region and shows what came of it. Without
// scripts the page reloads itself, or has a link for it.
const announce = document.getElementById("announce");
const waits = [150, 300, 600, 1200];
let step = 0;
let last = "";

function next(eta) {
  const wait = step < waits.length ? waits[step] : Math.min(30000, Math.max(2000, (eta || 0) * 1000));
  step += 1;
  window.setTimeout(look, wait * (0.9 + Math.random() * 0.2));
}

async function look() {
  if (document.hidden) {
    document.addEventListener("visibilitychange", look, { once: true });
    return;
  }
  let work = null;
  try {
    const answer = await fetch(announce.dataset.address, { headers: { Accept: "application/json" } });
    work = answer.ok ? await answer.json() : null;
  } catch {
    work = null;
  }
  if (work === null) {
    next(10);
    return;
  }
  const seen = [work.state, work.phase, work.position].join();
  if (seen !== last && (await refresh())) {
    last = seen;
  }
  if (announce.dataset.busy) {
    next(work.eta_seconds);
  }
}

async function refresh() {
  const answer = await fetch(announce.dataset.page || window.location.href);
  if (!answer.ok) {
    return false;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const told = page.getElementById("announce");
  announce.textContent = told.textContent;
  // Of several checks the next one is watched.
  announce.dataset.busy = told.dataset.busy;
  announce.dataset.address = told.dataset.address;
  document.getElementById("result").replaceWith(page.getElementById("result"));
  return true;
}

if (announce.dataset.busy) {
  next(0);
}
