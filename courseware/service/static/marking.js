// Marking: the points follow the items of the rubric that are ticked, until somebody types others.
const form = document.getElementById("mark");
const score = document.getElementById("score");
if (form && score) {
  const most = Number(form.dataset.most);
  const items = [...form.querySelectorAll("[data-points]")];
  const within = (points) => Math.min(Math.max(points, 0), most);
  const sum = () =>
    within(items.filter((item) => item.checked).reduce((total, item) => total + Number(item.dataset.points), 0));
  let beside = score.value === "" ? 0 : Number(score.value) - sum();
  const shown = (points) => String(Math.round(points * 100) / 100);
  for (const item of items) {
    item.addEventListener("change", () => (score.value = shown(within(sum() + beside))));
  }
  score.addEventListener("input", () => (beside = score.value === "" ? 0 : Number(score.value) - sum()));
}
