// boxes.js - looks at a page in a frame by the boxes of what is drawn: what sticks out, is cut, lies over something else, is too small to
// read, or is empty. tests/slow/pages runs it in headless Chromium.
function look(doc, width) {
  const wrong = [];
  const say = (where, what) => wrong.push(`${width}: ${where}: ${what}`);
  const box = e => e.getBoundingClientRect();
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2;
  const within = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
  const root = doc.documentElement;
  if (root.scrollWidth > width) say("page", `is ${root.scrollWidth} wide`);
  const figures = [...doc.querySelectorAll("figure")];
  figures.forEach((f, i) => figures.slice(i + 1).forEach(g => {
    if (over(box(f), box(g))) say(f.querySelector("b").textContent, `lies over ${g.querySelector("b").textContent}`);
  }));
  for (const figure of figures) {
    const title = figure.querySelector("b").textContent;
    const parts = [...figure.children];
    parts.forEach((a, i) => {
      if (!within(box(a), box(figure))) say(title, `<${a.tagName}> sticks out`);
      if (parts[i + 1] && over(box(a), box(parts[i + 1]))) say(title, `<${a.tagName}> lies over what follows`);
    });
    for (const e of figure.querySelectorAll("figcaption *, li, td, th"))
      if (e.scrollWidth > e.clientWidth + 1 && e.clientWidth && !e.closest(".scroll")) say(title, `"${e.textContent}" is cut`);
    for (const img of figure.querySelectorAll("img"))
      if (!img.naturalWidth || box(img).width < 24) say(title, "a picture is not to be seen");
    for (const svg of figure.querySelectorAll("svg.plot")) lookAtPlot(svg, title);
  }
  function lookAtPlot(svg, title) {
    const texts = [...svg.querySelectorAll("text")].map(e => [e.textContent, box(e)]);
    const scale = box(svg).width / svg.viewBox.baseVal.width;
    if (12.5 * scale < 8) say(title, `text of ${(12.5 * scale).toFixed(1)} pixels`);
    texts.forEach(([text, b], i) => {
      if (!within(b, box(svg))) say(title, `"${text}" is cut`);
      for (const [other, c] of texts.slice(i + 1)) if (over(b, c)) say(title, `"${text}" lies over "${other}"`);
    });
    const drawn = [...svg.querySelectorAll(".drawn, .points circle, .bar rect, rect.right, rect.wrong, .alone")];
    const seen = drawn.map(box).filter(b => b.width > 1 || b.height > 1);
    if (!seen.length) say(title, "nothing is drawn");
    drawn.forEach(e => { if (!within(box(e), box(svg))) say(title, "something is drawn outside"); });
    for (const e of drawn) {
      const style = doc.defaultView.getComputedStyle(e);
      if (style.fill === "none" && style.stroke === "none") say(title, "something has no colour");
    }
  }
  if (!figures.length) say("page", "has no figures");
  return wrong;
}
