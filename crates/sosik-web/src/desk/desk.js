// Keeps a campaign's numbers current. Without it the page says how it stood when it was loaded.
"use strict";
const section = document.querySelector("[data-events]");
if (section && "EventSource" in window) {
  const source = new EventSource(section.dataset.events);
  const said = document.getElementById("said");
  const bar = document.getElementById("bar");
  const show = (event) => {
    const now = JSON.parse(event.data);
    if (now.planned === undefined) return;
    for (const cell of section.querySelectorAll("[data-count]")) cell.textContent = now[cell.dataset.count];
    bar.max = Math.max(now.planned, 1);
    bar.value = now.planned - now.outstanding;
    // Read aloud where it changes: a screen reader is told of every tenth, and of every state.
    const tenth = Math.floor((10 * bar.value) / bar.max);
    if (said.dataset.tenth !== String(tenth) || said.dataset.state !== now.state) {
      said.textContent = now.said;
      said.dataset.tenth = tenth;
      said.dataset.state = now.state;
    }
  };
  source.addEventListener("progress", show);
  source.addEventListener("over", (event) => {
    show(event);
    source.close();
    section.dataset.over = "true";
  });
}
