
"use strict";
/* What the page does with a script: all findings it carries, sorted, filtered, a page at a time.
   Text of mails reaches the document as textContent only. The address keeps what is shown. */
(() => {
  const PAGE = 50, PRINTED = 200, NAMES = ["rule", "list", "fate", "standing", "channel", "severity"];
  const SEARCHED = ["path", "function", "symbol", "subject", "comment", "domain", "author", "id", "rule", "list", "lists"];
  const by = (id) => document.getElementById(id);
  const { about, rows } = JSON.parse(by("data").textContent);
  const at = Object.fromEntries(about.columns.map((name, place) => [name, place]));
  const ranks = new Map(about.ranks.map((name, place) => [name, place]));
  const form = by("controls"), table = by("list"), field = (name) => form.elements.namedItem(name);
  const state = { q: "", from: "", to: "", sort: "sent", down: true, page: 0, open: false };
  for (const name of NAMES) state[name] = "";
  const unfolded = new Set();
  let shown = rows.map((_, place) => place), texts = null;

  /* Making elements. */
  const make = (tag, name, ...inside) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    made.append(...inside.filter((part) => part !== ""));
    return made;
  };
  const mail = (id) => (id && about.mails ? `${about.mails}${encodeURIComponent(id).replaceAll("%40", "@")}/` : "");
  const proof = (by) => {
    if (/^[0-9a-f]{7,64}$/.test(by)) return about.commits ? about.commits + by : "";
    return /^[!-;=?-~]{1,250}$/.test(by) ? mail(by) : "";
  };
  const linked = (to, text) => {
    if (!to) return text;
    const made = make("a", "", text);
    made.href = to;
    made.rel = "noreferrer";
    return made;
  };
  const signs = { "@": "hunk", "+": "added", "-": "removed" };
  const sign = (line) => (line[0] === "@" && line[1] !== "@" ? "" : signs[line[0]] || "");

  function details(row) {
    const cell = make("td", "");
    cell.colSpan = 9;
    const subject = make("p", "subject", linked(mail(row[at.id]), row[at.subject] || "(no subject)"));
    if (row[at.superseded]) subject.append(" ", make("span", "dim", "(a newer revision is out)"));
    if (row[at.since] < row[at.revision]) subject.append(" ", make("span", "dim", `(there since revision ${row[at.since]})`));
    cell.append(subject);
    if (row[at.quote]) {
      const quote = make("pre", "quote");
      quote.tabIndex = 0;
      row[at.quote].split("\n").forEach((line, number) => {
        const marked = number === row[at.marked] ? " marked" : "";
        quote.append(make("span", (row[at.path] ? sign(line) : "") + marked, (line || " ") + "\n"));
      });
      cell.append(quote);
    }
    const comment = make("div", "comment"), fates = make("ul", "fates");
    for (const text of row[at.comment].split("\n\n")) if (text) comment.append(make("p", "", text));
    for (const [fate, by, how] of row[at.proofs]) {
      const item = make("li", "", how ? `${fate}: ${how}` : fate);
      if (by) item.append(" (", linked(proof(by), by), ")");
      fates.append(item);
    }
    cell.append(comment, fates, make("p", "aside", `${row[at.channel]}: ${row[at.reason]}`));
    return make("tr", "more", cell);
  }

  function entry(place) {
    const row = rows[place], body = make("tbody", "");
    const toggle = make("button", "open", row[at.day] || "no date");
    toggle.type = "button";
    const where = make("td", "place", (row[at.path] || "commit message") + (row[at.line] > 0 ? `:${row[at.line]}` : ""));
    if (row[at.function]) where.append(make("span", "soft", `${row[at.function]}()`));
    body.append(make("tr", "row", make("td", "nowrap", toggle), ...["rule", "severity", "channel", "list"].map((name) => make("td", name === "list" ? "nowrap" : "", row[at[name]])), where,
      make("td", "", row[at.author] || row[at.domain]), make("td", "fate", row[at.fate]), make("td", "fate", make("span", row[at.standing], row[at.standing]))));
    const unfold = (open) => {
      toggle.setAttribute("aria-expanded", String(open));
      if (open && body.children.length === 1) body.append(details(row));
      if (body.children[1]) body.children[1].hidden = !open;
    };
    toggle.addEventListener("click", () => {
      const open = toggle.getAttribute("aria-expanded") !== "true";
      open ? unfolded.add(place) : unfolded.delete(place);
      unfold(open);
    });
    unfold(state.open || unfolded.has(place));
    return body;
  }

  /* What is shown. */
  function matching() {
    const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length && !texts) texts = rows.map((row) => SEARCHED.map((name) => row[at[name]]).join("\n").toLowerCase());
    const wanted = NAMES.filter((name) => state[name]).map((name) => [at[name], state[name]]);
    const { from, to } = state, found = [];
    for (let place = 0; place < rows.length; place++) {
      const row = rows[place], day = row[at.day];
      if (wanted.every(([column, value]) => row[column] === value) && (!from || day >= from) && (!to || (day && day <= to))
        && words.every((word) => texts[place].includes(word))) found.push(place);
    }
    return found;
  }

  function sorted(places) {
    const column = at[state.sort], turn = state.down ? -1 : 1;
    const ranked = ["severity", "channel", "fate", "standing"].includes(state.sort);
    const key = ranked ? (row) => ranks.get(row[column])
      : state.sort === "domain" ? (row) => row[at.author] || row[at.domain] : (row) => row[column];
    const keys = places.map((place) => key(rows[place]));
    const then = state.sort === "path" ? places.map((place) => rows[place][at.line]) : null;
    const order = places.map((_, number) => number);
    order.sort((a, b) => {
      if (keys[a] !== keys[b]) return keys[a] < keys[b] ? -turn : turn;
      return (then && then[a] !== then[b] ? then[a] - then[b] : places[a] - places[b]) * turn;
    });
    return order.map((number) => places[number]);
  }

  const number = (value) => value.toLocaleString("en-GB");

  function draw(first = state.page * PAGE, count = PAGE) {
    const bodies = shown.slice(first, first + count).map(entry);
    if (!bodies.length) {
      const cell = make("td", "empty", "No finding is like that.");
      cell.colSpan = 9;
      bodies.push(make("tbody", "", make("tr", "", cell)));
    }
    for (const body of [...table.tBodies]) body.remove();
    table.append(...bodies);
  }

  function update() {
    const begin = performance.now();
    shown = sorted(matching());
    const pages = Math.max(1, Math.ceil(shown.length / PAGE));
    state.page = Math.min(state.page, pages - 1);
    draw();
    for (const head of table.tHead.rows[0].cells) {
      const own = head.dataset.key === state.sort;
      head.setAttribute("aria-sort", own ? (state.down ? "descending" : "ascending") : "none");
    }
    const all = shown.length === rows.length;
    by("count").textContent = all ? `${number(rows.length)} findings` : `${number(shown.length)} of ${number(rows.length)} findings`;
    by("page").textContent = `Page ${number(state.page + 1)} of ${number(pages)}`;
    by("pager").hidden = pages === 1;
    by("first").disabled = by("back").disabled = state.page === 0;
    by("last").disabled = by("next").disabled = state.page === pages - 1;
    const reading = { sent: ["oldest", "newest"] }[state.sort] || ["ascending", "descending"];
    const title = table.querySelector(`th[data-key="${state.sort}"]`).textContent.toLowerCase();
    table.caption.textContent = state.sort === "sent" ? `Findings, ${reading[+state.down]} first` : `Findings by ${title}, ${reading[+state.down]}`;
    by("unfold").setAttribute("aria-pressed", String(state.open));
    by("unfold").textContent = state.open ? "Close each" : "Open each";
    by("back").textContent = state.sort === "sent" && state.down ? "Newer" : "Back";
    by("next").textContent = state.sort === "sent" && state.down ? "Older" : "Next";
    table.dataset.took = (performance.now() - begin).toFixed(1);
  }

  /* The address keeps what is shown: #rule=…&q=…&sort=-sent&page=2 */
  function written() {
    const kept = new URLSearchParams();
    for (const name of [...NAMES, "q", "from", "to"]) if (state[name]) kept.set(name, state[name]);
    if (state.sort !== "sent" || !state.down) kept.set("sort", (state.down ? "-" : "") + state.sort);
    if (state.open) kept.set("open", "1");
    if (state.page) kept.set("page", state.page + 1);
    return kept.toString();
  }

  function read() {
    const kept = new URLSearchParams(location.hash.slice(1));
    for (const name of [...NAMES, "q", "from", "to"]) {
      const value = kept.get(name) || "";
      state[name] = (name === "from" || name === "to") && !/^\d{4}-\d\d-\d\d$/.test(value) ? "" : value;
      choose(name, state[name]);
    }
    const sort = kept.get("sort") || "-sent", key = sort.replace(/^-/, "");
    [state.sort, state.down] = table.querySelector(`th[data-key="${CSS.escape(key)}"]`) ? [key, sort[0] === "-"] : ["sent", true];
    state.open = kept.get("open") === "1";
    state.page = Math.max(0, (parseInt(kept.get("page"), 10) || 1) - 1);
  }

  function choose(name, value) {
    const control = field(name);
    if (control.tagName === "SELECT" && value && ![...control.options].some((option) => option.value === value)) control.append(new Option(`${value} (0)`, value));
    control.value = value;
  }

  function changed(page = 0) {
    state.page = page;
    update();
    const hash = written();
    history.replaceState(null, "", hash ? `#${hash}` : "#findings");
  }

  /* The controls. */
  function prepare() {
    for (const name of NAMES) {
      const counts = new Map();
      for (const row of rows) counts.set(row[at[name]], (counts.get(row[at[name]]) || 0) + 1);
      const order = [...counts].sort(ranks.has([...counts.keys()][0]) && name !== "rule" && name !== "list"
        ? (a, b) => ranks.get(a[0]) - ranks.get(b[0]) : (a, b) => (a[0] < b[0] ? -1 : 1));
      field(name).append(new Option("all", ""), ...order.map(([value, count]) => new Option(`${value} (${number(count)})`, value)));
    }
    for (const head of table.tHead.rows[0].cells) {
      const button = make("button", "", head.textContent);
      button.type = "button";
      button.addEventListener("click", () => {
        state.down = head.dataset.key === state.sort ? !state.down : head.dataset.key === "sent";
        state.sort = head.dataset.key;
        changed();
      });
      head.replaceChildren(button);
    }
    form.addEventListener("submit", (event) => event.preventDefault());
    /* Some programs that help people to use a page change a list without the event of typing. */
    for (const kind of ["input", "change"]) form.addEventListener(kind, ({ target }) => {
      if (!target.name || state[target.name] === target.value) return;
      state[target.name] = target.value;
      changed();
    });
    form.addEventListener("reset", (event) => {
      event.preventDefault();
      for (const name of [...NAMES, "q", "from", "to"]) choose(name, (state[name] = ""));
      changed();
    });
    by("unfold").addEventListener("click", () => {
      state.open = !state.open;
      unfolded.clear();
      changed(state.page);
    });
    const turns = { first: () => 0, back: () => state.page - 1, next: () => state.page + 1, last: () => Infinity };
    for (const [id, page] of Object.entries(turns)) by(id).addEventListener("click", () => {
      changed(page());
      table.scrollIntoView({ block: "start" });
    });
    addEventListener("hashchange", () => {
      if (!location.hash.includes("=")) return;
      read();
      update();
      by("findings").scrollIntoView();
    });
    addEventListener("beforeprint", () => {
      const open = state.open;
      state.open = true;
      draw(0, PRINTED);
      state.open = open;
      if (shown.length > PRINTED) by("count").textContent = `The first ${PRINTED} of ${number(shown.length)} findings`;
    });
    addEventListener("afterprint", update);
  }

  by("static").remove();
  prepare();
  if (location.hash.includes("=")) read();
  form.hidden = false;
  for (const pager of document.querySelectorAll(".pager")) pager.hidden = false;
  update();
  if (location.hash.includes("=")) by("findings").scrollIntoView();
})();
