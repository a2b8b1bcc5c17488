// The report: what is drawn, and in which order.
// The first `drawn` of `rows` keep a colour each, the others share one.
function stacked(rows, drawn, name) {
  const series = rows.slice(0, drawn).map((row, at) => ({ name: name(row), counts: row.counts, fill: FILLS[at % FILLS.length] }));
  const rest = rows.slice(drawn);
  if (rest.length) series.push({ name: t("other"), counts: rest[0].counts.map((_, at) => sum(rest.map((row) => row.counts[at]))), fill: REST });
  return series;
}
function periodName(iso, unit) { return unit === "month" ? day(iso, { month: "long", year: "numeric" }) : day(iso); }
function periodTicks(starts, unit) {
  const short = unit === "month" ? { month: "short", year: "2-digit" } : { day: "numeric", month: "short" };
  return starts.map((start) => day(start, short));
}

// ---- one figure each: id, width, finding, draw(place), table --------------------------------------------

const FIGURES = [
  { id: "topics", width: "full", title: () => t({ day: "topics", week: "topics_week", month: "topics_month" }[DATA.topics.unit]),
    rows: () => DATA.topics.topics,
    finding() {
      const { topics, starts, unit, earlier } = DATA.topics, all = sum(topics.map((one) => one.total));
      const totals = starts.map((_, at) => sum(topics.map((one) => one.counts[at]))), most = Math.max(...totals);
      const known = topics.find((one) => one.topic !== "unknown") || topics[0];
      return t("topics_finding", { topic: word("topic", known.topic), percent: percent(known.total, all), when: periodName(starts[totals.indexOf(most)], unit), n: number(most) })
        + (earlier ? " " + t("earlier", { n: number(earlier) }) : "");
    },
    draw(place) {
      const { starts, unit, topics, drawn } = DATA.topics, series = stacked(topics, drawn, (one) => word("topic", one.topic));
      columns(place, { label: `${this.title()}. ${this.finding()}`, series, names: starts.map((start) => periodName(start, unit)), ticks: periodTicks(starts, unit), number, unit: t("unit_articles"), height: 300 });
      place.prepend(key(series));
    },
    table() {
      const { starts, topics, unit } = DATA.topics;
      return { rows: topics, columns: [
        { name: t("col_topic"), value: (row) => word("topic", row.topic) },
        { name: t("col_articles"), number: true, value: (row) => number(row.total) },
        ...starts.map((start, at) => ({ name: periodTicks([start], unit)[0], number: true, value: (row) => number(row.counts[at]) }))] };
    } },
  { id: "publishers", width: "tall", rows: () => DATA.publishers,
    finding() {
      const most = DATA.publishers[0].articles, first = DATA.publishers.filter((one) => one.articles === most).map((one) => one.publisher);
      const share = percent(sum(DATA.publishers.slice(0, 5).map((one) => one.articles)), DATA.totals.articles);
      return t(first.length > 1 ? "publishers_tied" : "publishers_finding", { first: named(first, 3), n: number(most), percent: share });
    },
    draw(place) {
      const shown = DATA.publishers.slice(0, 15), rest = DATA.publishers.slice(15);
      const rows = shown.map((one) => ({ label: one.publisher, value: one.articles }));
      bars(place, { rows, number, fill: "var(--c1)", unit: t("unit_articles"),
        rest: rest.length ? t("rest_publishers", { n: number(rest.length), articles: number(sum(rest.map((one) => one.articles))) }) : "" });
    },
    table: () => ({ rows: DATA.publishers, columns: [
      { name: t("col_publisher"), by: (row) => row.publisher.toLowerCase(), value: (row) => row.publisher },
      { name: t("col_articles"), number: true, by: (row) => row.articles, value: (row) => number(row.articles) },
      { name: t("col_duplicates"), number: true, by: (row) => row.duplicates, value: (row) => number(row.duplicates) },
      { name: t("col_rejections"), number: true, by: (row) => row.rejections, value: (row) => number(row.rejections) },
      { name: t("col_median_chars"), number: true, by: (row) => row.median_chars, value: (row) => number(row.median_chars) },
      { name: t("col_newest"), value: (row) => when(row.newest) }] }) },
  { id: "languages", width: "slim", rows: () => DATA.languages,
    finding: () => t("languages_finding", { first: language(DATA.languages[0].language), percent: percent(DATA.languages[0].articles, DATA.totals.articles) }),
    draw(place) {
      const said = (name, n) => t("share_n", { name, n: number(n), percent: percent(n, DATA.totals.articles) });
      const parts = DATA.languages.slice(0, 6).map((one, at) => ({ value: one.articles, fill: FILLS[at], tip: said(language(one.language), one.articles) }));
      const rest = sum(DATA.languages.slice(6).map((one) => one.articles));
      if (rest) parts.push({ value: rest, fill: REST, tip: said(t("other"), rest) });
      share(place, { parts, label: parts.map((part) => part.tip).join("; ") });
    },
    table: () => ({ rows: DATA.languages, columns: [
      { name: t("col_language"), value: (row) => `${language(row.language)} (${row.language})` },
      { name: t("col_articles"), number: true, by: (row) => row.articles, value: (row) => number(row.articles) },
      { name: t("col_share"), number: true, value: (row) => percent(row.articles, DATA.totals.articles) }] }) },
  { id: "lengths", width: "slim", rows: () => DATA.lengths.counts.filter((one) => one),
    finding: () => t("lengths_finding", { median: number(Math.round(DATA.lengths.median)), p90: number(Math.round(DATA.lengths.p90)) }),
    names() {
      const { counts, step } = DATA.lengths;
      return counts.map((_, at) => at === counts.length - 1 ? t("chars_over", { from: number(at * step) }) : t("chars_range", { from: number(at * step), to: number((at + 1) * step - 1) }));
    },
    draw(place) {
      const { counts, step, median } = DATA.lengths;
      columns(place, { label: `${this.title()}. ${this.finding()}`, series: [{ name: "", counts, fill: "var(--c3)" }], names: this.names(), ticks: counts.map((_, at) => (at % 4 ? "" : number(at * step))), number, unit: t("unit_articles"), across: t("chars"), edges: true, height: 256,
        mark: { at: Math.min(median / step, counts.length), text: t("lengths_median", { n: number(Math.round(median)) }) } });
    },
    table() {
      const names = this.names();
      return { rows: DATA.lengths.counts.map((n, at) => ({ n, name: names[at] })), columns: [{ name: t("col_length"), value: (row) => row.name }, { name: t("col_articles"), number: true, value: (row) => number(row.n) }] };
    } },
  { id: "hours", width: "half", rows: () => DATA.hours.filter((one) => one),
    counts() { return DATA.hours.map((_, hour) => DATA.hours[(hour - ZONES[state.zone] + 24) % 24]); },
    finding() {
      const counts = this.counts(), most = Math.max(...counts);
      return t("hours_finding", { hour: clock(counts.indexOf(most)), zone: state.zone, n: number(most) });
    },
    tools: () => el("div", { class: "tools" }, el("label", null, t("zone"), zoneSelect())),
    draw(place) {
      const names = DATA.hours.map((_, hour) => t("hour_tip", { hour: `${clock(hour)}–${clock((hour + 1) % 24)}`, zone: state.zone }));
      columns(place, { label: `${this.title()}. ${this.finding()}`, series: [{ name: "", counts: this.counts(), fill: "var(--c1)" }], names, ticks: DATA.hours.map((_, hour) => (hour % 3 ? "" : clock(hour))), number, unit: t("unit_articles"), height: 220 });
    },
    table() {
      const counts = this.counts();
      return { rows: counts, columns: [{ name: `${t("col_hour")} (${state.zone})`, value: (row) => row.hour }, { name: t("col_articles"), number: true, value: (row) => number(row.n) }], ...{ rows: counts.map((n, hour) => ({ hour: clock(hour), n })) } };
    } },
  { id: "freshness", width: "half", rows: () => DATA.freshness.announced.counts.filter((one) => one),
    finding: () => t("freshness_finding", { median: duration(DATA.freshness.announced.median), p90: duration(DATA.freshness.announced.p90), since: duration(DATA.freshness.published.median) }),
    names: () => [...DATA.freshness.edges.map((edge) => "≤ " + duration(edge)), t("longer")],
    draw(place) {
      const names = this.names(), series = ["announced", "published"].map((one, at) => ({ name: t(`freshness_${one}`), fill: FILLS[at], counts: DATA.freshness[one].counts }));
      const most = Math.max(...series.flatMap((one) => one.counts), 1);
      place.replaceChildren(key(series), el("p", { class: "unit" }, t("unit_articles")), el("ol", { class: "bars pairs" }, names.map((name, at) => el("li", null, el("span", { class: "label" }, name), el("span", null, series.map((one) =>
        el("span", { class: "track" }, el("span", { class: "bar", hidden: !one.counts[at], style: { "--share": one.counts[at] / most, "--fill": one.fill, height: ".6rem" } }), el("span", { class: "value" }, number(one.counts[at])))))))));
    },
    table() {
      const names = this.names();
      return { rows: names.map((name, at) => ({ name, at })), columns: [
        { name: t("col_delay"), value: (row) => row.name },
        { name: t("col_announced"), number: true, value: (row) => number(DATA.freshness.announced.counts[row.at]) },
        { name: t("col_published"), number: true, value: (row) => number(DATA.freshness.published.counts[row.at]) }] };
    } },
  { id: "stories", width: "full", rows: () => DATA.stories, finding: () => t("stories_finding"),
    draw(place) {
      place.replaceChildren(el("ol", { class: "stories" }, DATA.stories.map((one) => el("li", null, el("div", null, link(one.url, one.headline),
        el("p", null, t("story_line", { n: number(one.articles), publishers: named(one.publishers, 4), when: days(one.first, one.last) })))))));
    } },
  { id: "copies", width: "wide", rows: () => DATA.copies.pairs,
    finding: () => t("copies_finding", { n: number(DATA.totals.duplicates), kinds: Object.entries(DATA.copies.kinds).map(([kind, n]) => t(`kind_${kind}`, { n: number(n) })).join(", ") }),
    draw(place) {
      const pairs = new Map(DATA.copies.pairs.map((one) => [`${one.copier}\n${one.source}`, one.count]));
      const top = (name) => [...DATA.copies.pairs.reduce((all, one) => all.set(one[name], (all.get(one[name]) || 0) + one.count), new Map())].sort((a, b) => b[1] - a[1]).slice(0, place.clientWidth < 480 ? 8 : DATA.copies.drawn).map(([one]) => one);
      matrix(place, { label: this.finding(), rows: top("copier"), cols: top("source"), fill: "var(--heat)", number, down: t("copies_down"), across: t("copies_across"),
        value: (row, col) => pairs.get(`${row}\n${col}`) || 0,
        tip: (copier, source, n) => t("copies_tip", { copier, source, n: number(n) }) });
    },
    table: () => ({ rows: DATA.copies.pairs, columns: [
      { name: t("col_copier"), value: (row) => row.copier }, { name: t("col_source"), value: (row) => row.source },
      { name: t("col_copies"), number: true, value: (row) => number(row.count) }] }) },
  { id: "removed", width: "slim", rows: () => DATA.removed,
    finding: () => t("removed_finding", { n: number(sum(DATA.removed.map((one) => one.chars))), rule: DATA.removed[0].rule }),
    draw(place) {
      const shown = DATA.removed.slice(0, 12), rest = DATA.removed.slice(12);
      const rows = shown.map((one) => ({ label: one.rule, value: one.chars }));
      bars(place, { rows, number, fill: "var(--c2)", unit: t("unit_chars"),
        rest: rest.length ? t("rest_rules", { n: number(rest.length), chars: number(sum(rest.map((one) => one.chars))) }) : "" });
    },
    table: () => ({ rows: DATA.removed, columns: [
      { name: t("col_rule"), value: (row) => row.rule }, { name: t("col_articles"), number: true, by: (row) => row.articles, value: (row) => number(row.articles) },
      { name: t("col_blocks"), number: true, value: (row) => number(row.blocks) }, { name: t("col_chars"), number: true, value: (row) => number(row.chars) }] }) },
  { id: "rejected", width: "full", rows: () => DATA.rejected.reasons,
    finding() {
      const most = DATA.rejected.reasons[0].total, first = DATA.rejected.reasons.filter((one) => one.total === most).map((one) => word("reason", one.reason));
      return t(first.length > 1 ? "rejected_tied" : "rejected_finding", { n: number(DATA.totals.rejections), reason: named(first, 3), percent: percent(most, DATA.totals.rejections) });
    },
    draw(place) {
      const { starts, unit, reasons, drawn } = DATA.rejected, series = stacked(reasons, drawn, (one) => word("reason", one.reason));
      columns(place, { label: `${this.title()}. ${this.finding()}`, series, names: starts.map((start) => periodName(start, unit)), ticks: periodTicks(starts, unit), number, unit: t("unit_rejections"), height: 240 });
      place.prepend(key(series));
    },
    table: () => ({ rows: DATA.rejected.reasons, columns: [
      { name: t("col_reason"), value: (row) => word("reason", row.reason) }, { name: t("col_count"), number: true, value: (row) => number(row.total) },
      { name: t("col_stage"), value: (row) => word("stage", row.stage) },
      { name: t("col_example"), long: true, value: (row) => el("span", null, row.detail || "–", el("small", null, row.url)) }] }) },
  { id: "feeds", width: "full", rows: () => DATA.feeds,
    finding() {
      const failed = DATA.feeds.filter((one) => one.status === "failed").length, asked = DATA.feeds.filter((one) => one.polls).length;
      return t("feeds_finding", { n: number(DATA.feeds.length), ok: number(asked - failed), failed: number(failed) });
    },
    draw: feedTable },
  { id: "runs", width: "full", rows: () => DATA.runs, finding: () => t("runs_finding"),
    draw(place) {
      const count = (name) => (row) => number(row[name] || 0);
      place.replaceChildren(table({ caption: t("runs"), rows: DATA.runs, columns: [
        { name: t("col_run"), value: (row) => el("span", null, when(row.started), row.stopped ? el("small", null, row.stopped) : null) },
        { name: t("col_announced_n"), number: true, value: count("announced") }, { name: t("col_kept"), number: true, value: count("kept") },
        { name: t("col_duplicates"), number: true, value: count("duplicates") }, { name: t("col_rejected"), number: true, value: count("rejected") },
        { name: t("col_deferred"), number: true, value: count("deferred") }, { name: t("col_took"), number: true, value: (row) => duration(row.wall_s) }] }));
    } },
];
for (const figure of FIGURES) figure.title = figure.title || (() => t(figure.id));

function clock(hour) { return String(hour).padStart(2, "0") + ":00"; }

function zoneSelect() {
  const select = el("select", { id: "zone" }, Object.keys(ZONES).map((zone) => el("option", { value: zone, selected: zone === state.zone }, zone)));
  select.addEventListener("change", () => { state.zone = select.value; render(); document.getElementById("zone").focus(); });
  return select;
}

// ---- the page -------------------------------------------------------------------------------------------

function bold(text) {
  return text.split("**").map((part, at) => (at % 2 ? el("b", null, part) : part));
}

function verdict() {
  const said = DATA.doubts.map(({ kind, values }) => t(`doubt_${kind}`, { ...values, reason: values.reason ? word("reason", values.reason) : "" }));
  return el("div", { class: "verdict", "data-good": !said.length }, el("p", null, t(said.length ? "verdict_look" : "verdict_good")),
    said.length ? el("ul", null, said.map((one) => el("li", null, one))) : null);
}

function renderHead() {
  const { totals, runs } = DATA, run = runs[0];
  document.documentElement.lang = state.lang;
  document.querySelectorAll("[data-t]").forEach((node) => { node.textContent = t(node.dataset.t); });
  document.querySelectorAll("[data-set-lang]").forEach((node) => node.setAttribute("aria-pressed", node.dataset.setLang === state.lang));
  document.getElementById("dateline").textContent = totals.first
    ? t("dateline", { name: DATA.name, articles: number(totals.articles), first: day(totals.first), last: day(totals.last), made: when(DATA.made) })
    : t("dateline_empty", { name: DATA.name, made: when(DATA.made) });
  const told = run ? Object.fromEntries(["announced", "kept", "duplicates", "rejected", "deferred"].map((name) => [name, number(run[name] || 0)])) : {};
  const lead = run ? t("lead", { when: when(run.started), ...told }) + (run.stopped ? " " + t("lead_stopped", run) : "") : t("lead_none");
  document.getElementById("summary").replaceChildren(
    verdict(),
    el("p", { class: "lead" }, bold(lead)),
    el("ul", { class: "tally" }, ["articles", "publishers", "stories", "duplicates", "rejections", "feeds"].map((name) =>
      el("li", null, el("b", null, number(totals[name])), el("span", null, t(`total_${name}`))))));
  document.getElementById("contents").replaceChildren(el("ol", null, FIGURES.map((figure) => el("li", null, el("a", { href: `#${figure.id}` }, t(`nav_${figure.id}`))))));
  document.getElementById("colophon").textContent = t("colophon");
}

function renderFigure(figure) {
  const place = el("div", { class: "drawing" }), open = document.querySelector(`#${figure.id} details[open]`);
  const parts = [el("h2", { id: `${figure.id}-title` }, figure.title())];
  if (!figure.rows().length) parts.push(el("p", { class: "none" }, t("none")));
  else {
    parts.push(el("p", { class: "finding" }, figure.finding()));
    if (figure.tools) parts.push(figure.tools());
    parts.push(place);
    if (figure.table) parts.push(el("details", { open: Boolean(open) }, el("summary", null, t("table")), table({ caption: figure.title(), ...figure.table() })));
  }
  return [el("section", { class: "figure", id: figure.id, "data-width": figure.width, "aria-labelledby": `${figure.id}-title` }, parts), place];
}

let drawn = [];
function render() {
  renderHead();
  drawn = FIGURES.map((figure) => [figure, ...renderFigure(figure)]);
  document.getElementById("figures").replaceChildren(...drawn.map(([, section]) => section));
  draw();
}

// Drawing needs widths, so it comes after the sections are in place; again when the window changes.
function draw(again = false) {
  for (const [figure, , place] of drawn) if (figure.rows().length && !(again && figure.draw === feedTable)) figure.draw(place);
  document.documentElement.dataset.drawn = drawn.length;
}

function remembered(name) { try { return localStorage.getItem(`warta-${name}`); } catch { return null; } }
function remember(name, value) { try { localStorage.setItem(`warta-${name}`, value); } catch { /* a file opened without storage */ } }

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  document.getElementById("theme").setAttribute("aria-pressed", theme === "dark");
}

function start() {
  const asked = new URLSearchParams(location.search).get("lang") || remembered("lang") || navigator.language.slice(0, 2);
  state.lang = asked in LABELS ? asked : asked === "in" || asked === "ms" ? "id" : "en";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  setTheme(remembered("theme") || (dark.matches ? "dark" : "light"));
  dark.addEventListener("change", () => setTheme(dark.matches ? "dark" : "light"));
  document.getElementById("theme").addEventListener("click", () => {
    setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    remember("theme", document.documentElement.dataset.theme);
  });
  document.querySelectorAll("[data-set-lang]").forEach((node) => node.addEventListener("click", () => {
    state.lang = node.dataset.setLang;
    remember("lang", state.lang);
    render();
  }));
  tips(document.getElementById("tip"));
  render();
  let width = innerWidth, frame = 0;
  addEventListener("resize", () => {
    if (innerWidth === width) return; // a phone's address bar came or went
    width = innerWidth;
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => draw(true));
  });
}

start();
