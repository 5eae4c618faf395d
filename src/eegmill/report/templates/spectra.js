/* Names of channels on the spectra: the nearest curve is marked in all panels. */
(() => {
  const card = document.querySelector(".spectra");
  if (!card) return;
  const which = document.querySelector(".which"), picture = card.querySelector("svg");
  const curves = [...card.querySelectorAll("g.channel")].map((group) => ({
    group,
    name: group.firstElementChild.textContent,
    points: [...group.querySelector("polyline").points].map((point) => [point.x, point.y]),
  }));
  const far = ({ points }, x, y) => {
    if (x < points[0][0] - 3 || x > points[points.length - 1][0] + 3) return Infinity;
    const place = Math.round(((x - points[0][0]) / (points[points.length - 1][0] - points[0][0])) * (points.length - 1));
    return Math.abs(points[Math.min(Math.max(place, 0), points.length - 1)][1] - y);
  };
  picture.addEventListener("pointermove", (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(picture.getScreenCTM().inverse());
    const best = curves.reduce((a, b) => (far(b, at.x, at.y) < far(a, at.x, at.y) ? b : a));
    const near = far(best, at.x, at.y) < 25 ? best.name : null;
    curves.forEach(({ group, name }) => group.classList.toggle("near", name === near));
    which.textContent = near === null ? "Thin: each EEG channel; point at one for its name." : `Channel ${near}.`;
  });
})();
