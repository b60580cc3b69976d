// Moves the bar of a regrade while it is tried, applied or undone, and shows the page anew when that is over. Without scripts the page
// loads itself anew. It may be the answer to a form, so it goes to its own address and sends nothing again.
const bar = document.getElementById("bar");
const WAIT = 700;

async function look() {
  if (document.hidden) {
    document.addEventListener("visibilitychange", look, { once: true });
    return;
  }
  let told = null;
  try {
    const answer = await fetch(bar.dataset.address, { headers: { Accept: "application/json" } });
    told = answer.ok ? await answer.json() : null;
  } catch {
    told = null;
  }
  if (told !== null && told.state !== bar.dataset.state) {
    window.location.replace(bar.dataset.page);
    return;
  }
  if (told !== null) {
    bar.value = told.done;
    document.getElementById("done").textContent = told.done;
  }
  window.setTimeout(look, told === null ? 10 * WAIT : WAIT * (0.9 + Math.random() * 0.2));
}

window.setTimeout(look, WAIT);
