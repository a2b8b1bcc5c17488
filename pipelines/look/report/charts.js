"use strict";
// Drawing: small charts in SVG and HTML. Words go through textContent, never through a parser of HTML; styles
// through CSSOM, because the page's policy refuses style attributes.

function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "style") for (const [property, one] of Object.entries(value)) node.style.setProperty(property, one);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

function shape(name, attributes, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === "style") for (const [property, one] of Object.entries(value)) node.style.setProperty(property, one);
    else node.setAttribute(key, value);
  }
  if (text !== undefined) node.textContent = text;
  return node;
}

function canvas(width, height, label) {
  return shape("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, height, role: "img", tabindex: 0, "aria-label": label });
}

// Round steps of an axis from 0: 1, 2 or 5 times a power of ten, three or four of them.
function steps(most) {
  if (most <= 0) return [0, 1];
  const rough = most / 4, power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough));
  const values = [0];
  while (values.at(-1) < most) values.push(values.at(-1) + step);
  return values;
}

// Stacked columns. series: [{name, counts, fill}]; names: what each column is called; ticks: its axis text or "";
// unit: what the height counts; across: what the ticks count, when they do not say it themselves; edges: a tick is the
// least value of its column and stands at its left edge, where a mark of that value stands too.
function columns(place, { label, series, names, ticks, number, unit, across = "", edges = false, height = 260, mark = null }) {
  const width = Math.max(260, place.clientWidth), many = names.length;
  const totals = names.map((_, at) => series.reduce((sum, one) => sum + one.counts[at], 0));
  const axis = steps(Math.max(...totals, 0)), top = 28, bottom = across ? 42 : 26, left = 12 + 7 * number(axis.at(-1)).length;
  const y = (value) => height - bottom - (value / axis.at(-1)) * (height - top - bottom);
  const pitch = (width - left) / many, gap = Math.min(6, pitch * 0.22), wide = Math.min(pitch - gap, 56);
  const picture = canvas(width, height, label);
  for (const value of axis) {
    picture.append(shape("line", { class: "grid", x1: left, x2: width, y1: y(value), y2: y(value) }));
    picture.append(shape("text", { x: left - 8, y: y(value) + 4, "text-anchor": "end" }, number(value)));
  }
  names.forEach((name, at) => {
    const x = left + pitch * at + (pitch - wide) / 2;
    let below = 0;
    for (const one of series) {
      if (!one.counts[at]) continue;
      const high = y(below) - y(below + one.counts[at]);
      picture.append(shape("rect", { class: "column", x, y: y(below) - high, width: wide, height: Math.max(high - (high > 3 ? 1 : 0), 0.5), style: { fill: one.fill } }));
      below += one.counts[at];
    }
    const lines = series.filter((one) => one.counts[at]).map((one) => (one.name ? `${one.name}: ` : "") + number(one.counts[at]));
    if (series.length > 1 && lines.length > 1) lines.reverse().push(`= ${number(totals[at])}`);
    const hit = shape("rect", { class: "hit", x: left + pitch * at, y: top, width: pitch, height: height - top - bottom });
    hit.dataset.tip = [name, ...(lines.length ? lines : ["0"])].join("\n");
    picture.append(hit);
  });
  picture.append(shape("line", { class: "base", x1: left, x2: width, y1: y(0), y2: y(0) }));
  picture.append(shape("text", { class: "unit", x: 0, y: 12 }, unit));
  if (across) picture.append(shape("text", { class: "unit", x: width, y: height - 6, "text-anchor": "end" }, across));
  axisText(picture, ticks, { left: edges ? left - pitch / 2 : left, pitch, width, y: height - bottom + 18 });
  if (mark) {
    const x = left + pitch * mark.at;
    picture.append(shape("line", { class: "mark", x1: x, x2: x, y1: top - 2, y2: height - bottom }));
    const right = x < width * 0.6;
    picture.append(shape("text", { class: "value", x: x + (right ? 0 : 4), y: top - 6, "text-anchor": right ? "start" : "end" }, mark.text));
  }
  place.replaceChildren(picture);
}

// Axis texts below the columns. Where not all of them fit, every second, third, ... is shown; the last one is moved
// in from the edge rather than cut.
function axisText(picture, ticks, { left, pitch, width, y }) {
  const said = ticks.map((text, at) => [text, at]).filter(([text]) => text);
  if (!said.length) return;
  const room = Math.max(...said.map(([text]) => text.length)) * 6.8 + 14;
  const every = Math.ceil(room / (said.length > 1 ? pitch * (said[1][1] - said[0][1]) : room));
  said.filter((_, place) => place % every === 0).forEach(([text, at]) => {
    const x = left + pitch * (at + 0.5), over = x + text.length * 3.4 > width;
    picture.append(shape("text", { x: over ? width : x, y, "text-anchor": over ? "end" : "middle" }, text));
  });
}

// Horizontal bars as a list: a screen reader reads it as it is. A `rest` is told in words: it is a sum of many,
// and as a bar it would dwarf the ones that it is not comparable with.
function bars(place, { rows, number, fill, unit, rest = "" }) {
  const most = Math.max(...rows.map((row) => row.value), 1);
  const room = Math.max(...rows.map((row) => (row.text || number(row.value)).length));
  place.replaceChildren(el("p", { class: "unit" }, unit), el("ol", { class: "bars", style: { "--room": `${room + 1}ch` } }, rows.map((row) => el("li", { "data-tip": row.tip || null },
    el("span", { class: "label", title: row.label }, row.label),
    el("span", { class: "track" },
      el("span", { class: "bar", hidden: !row.value, style: { "--share": row.value / most, "--fill": row.fill || fill } }),
      el("span", { class: "value" }, row.text || number(row.value)))))), rest ? el("p", { class: "rest" }, rest) : "");
}

function share(place, { parts, label }) {
  place.replaceChildren(
    el("div", { class: "share", role: "img", "aria-label": label }, parts.map((part) =>
      el("i", { "data-tip": part.tip, style: { "--share": part.value, "--fill": part.fill } }))),
    key(parts.map((part) => ({ name: part.tip, fill: part.fill }))));
}

function key(series) {
  return el("ul", { class: "key" }, series.map((one) => el("li", null, el("i", { style: { "--fill": one.fill } }), one.name)));
}

// Shades of the matrix, as opacity: three that ink can be read on, two that need the paper's colour.
const SHADES = [0.12, 0.25, 0.38, 0.88, 1];

// A matrix of counts; a stronger shade is more. An own copy (row = column) is only outlined, its count still told.
function matrix(place, { label, rows, cols, value, tip, number, fill, down, across }) {
  const width = Math.max(260, place.clientWidth);
  const letters = Math.max(...rows.map((row) => row.length));
  const left = Math.min(letters * 6.6 + 14, width * 0.36), tilt = 16 + Math.min(Math.max(...cols.map((col) => col.length)), 22) * 4.7 + 14;
  const lean = Math.min(cols.at(-1).length, 22) * 4.7; // the last column's name leans out to the right
  const cell = Math.min((width - left - lean) / (cols.length - 0.5), 46), high = Math.min(cell, 34);
  const room = Math.floor((left - 12) / 6.6);
  const picture = canvas(width, tilt + high * rows.length + 6, label);
  picture.append(shape("text", { class: "unit", x: 0, y: tilt - 8 }, down), shape("text", { class: "unit", x: width, y: 12, "text-anchor": "end" }, across));
  const most = Math.max(1, ...rows.flatMap((row) => cols.map((col) => (row === col ? 0 : value(row, col)))));
  cols.forEach((col, at) => {
    const x = left + cell * (at + 0.5), text = shape("text", { x, y: tilt - 8, transform: `rotate(-45 ${x} ${tilt - 8})` }, clip(col, 22));
    picture.append(text);
  });
  rows.forEach((row, line) => {
    const y = tilt + high * line;
    picture.append(shape("text", { x: left - 8, y: y + high / 2 + 4, "text-anchor": "end" }, clip(row, room)));
    cols.forEach((col, at) => {
      const count = value(row, col), own = row === col;
      const box = { x: left + cell * at + 1, y: y + 1, width: cell - 2, height: high - 2, class: count && !own ? "cell" : own && count ? "cell-own" : "cell-none" };
      const shade = Math.min(SHADES.length - 1, Math.floor(Math.sqrt(count / most) * SHADES.length));
      if (count && !own) box.style = { fill, "fill-opacity": SHADES[shade] };
      picture.append(shape("rect", box));
      if (count) {
        const said = shape("text", { class: "value", x: left + cell * (at + 0.5), y: y + high / 2 + 4, "text-anchor": "middle" }, number(count));
        if (!own && SHADES[shade] > 0.5) said.style.setProperty("fill", "var(--paper)");
        if (cell > 6 + 7 * number(count).length) picture.append(said);
      }
      const hit = shape("rect", { x: box.x, y: box.y, width: box.width, height: box.height, class: "hit" });
      hit.dataset.tip = tip(row, col, count);
      picture.append(hit);
    });
  });
  place.replaceChildren(picture);
}

function clip(text, letters) {
  return text.length > letters ? text.slice(0, Math.max(1, letters - 1)).trimEnd() + "…" : text;
}

// columns: [{name, value(row), number?, long?, by?(row)}]; value gives text or a node; `by` makes a column that
// sorts: the largest first for numbers, then the other way round.
function table({ caption, columns, rows, cards = false }) {
  const lines = rows.map((row) => el("tr", { role: "row" }, columns.map((column, at) =>
    el(at === 0 ? "th" : "td", { scope: at === 0 ? "row" : null, role: at === 0 ? "rowheader" : "cell", "data-name": column.name, class: column.number ? "n" : column.long ? "long" : null }, column.value(row)))));
  const body = el("tbody", { role: "rowgroup" }, lines);
  const heads = columns.map((column) => el("th", { scope: "col", role: "columnheader", class: column.number ? "n" : null }, column.by ? el("button", { type: "button", class: "sort" }, column.name) : column.name));
  heads.forEach((head, at) => head.firstChild.addEventListener("click", () => {
    const up = head.getAttribute("aria-sort") === (columns[at].number ? "descending" : "none") || (!columns[at].number && !head.hasAttribute("aria-sort"));
    heads.forEach((one) => one.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", up ? "ascending" : "descending");
    const keyed = rows.map((row, place) => [columns[at].by(row), place]);
    keyed.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : 0) * (up ? 1 : -1) || x - y);
    body.append(...keyed.map(([, place]) => lines[place]));
  }));
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    el("table", { role: "table", class: cards ? "cards" : null }, el("caption", null, caption),
      el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, heads)), body));
}

// One bubble for whatever carries data-tip, by mouse and finger; in a chart that has the focus also by arrow keys.
function tips(bubble) {
  const show = (target, x, y) => {
    document.querySelectorAll(".hit.on").forEach((one) => one.classList.remove("on"));
    bubble.hidden = !target;
    if (!target) return;
    target.classList.add("on");
    bubble.textContent = target.dataset.tip;
    const box = bubble.getBoundingClientRect();
    bubble.style.left = `${Math.max(8, Math.min(x + 14, innerWidth - box.width - 8))}px`;
    bubble.style.top = `${y - box.height - 14 > 8 ? y - box.height - 14 : y + 18}px`;
  };
  const point = (event) => show(event.target.closest && event.target.closest("[data-tip]"), event.clientX, event.clientY);
  document.addEventListener("pointermove", point);
  document.addEventListener("pointerdown", point);
  document.addEventListener("scroll", () => { bubble.hidden = true; }, { passive: true });
  document.addEventListener("focusout", () => show(null));
  document.addEventListener("keydown", (event) => {
    const chart = event.target.closest && event.target.closest("svg.chart");
    if (!chart || !["ArrowLeft", "ArrowRight", "Home", "End", "Escape"].includes(event.key)) return;
    event.preventDefault();
    const hits = [...chart.querySelectorAll(".hit")], now = hits.findIndex((one) => one.classList.contains("on"));
    const next = { ArrowLeft: now < 0 ? hits.length - 1 : now - 1, ArrowRight: now + 1, Home: 0, End: hits.length - 1, Escape: -1 }[event.key];
    const target = hits[Math.min(next, hits.length - 1)];
    const box = (target || chart).getBoundingClientRect();
    show(target, box.x + box.width / 2, Math.max(box.y, 60));
  });
}
