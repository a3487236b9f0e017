// Keeps a page true while it is open: when the server says that something changed, the page is fetched again and what
// differs is put in place. Everything works without this script, too.
"use strict";
(() => {
  const main = document.querySelector("main");
  const sign = document.querySelector("[data-live]");
  if (!main || !sign || !window.EventSource) {
    return;
  }
  const LEAST_PAUSE = 1000; // between two refreshes, in ms
  const SHARE = 5; // a refresh may take one part of so many of the time
  const RELATIVE_TIMES = 30000; // "in 12 min" grows old

  let stream = null;
  let asked = false;
  let running = false;

  function say(state, text) {
    sign.dataset.live = state;
    sign.textContent = text;
  }

  // What people may be changing is theirs.
  function isTheirs(node) {
    return node.nodeType === Node.ELEMENT_NODE && node.matches("input:not([type=hidden]), select, textarea");
  }

  function mergeAttributes(old, fresh) {
    for (const { name } of [...old.attributes]) {
      if (!fresh.hasAttribute(name) && !(name === "open" && old.localName === "details")) {
        old.removeAttribute(name);
      }
    }
    for (const { name, value } of [...fresh.attributes]) {
      if (old.getAttribute(name) !== value) {
        old.setAttribute(name, value);
      }
    }
  }

  // Rows that are the same thing keep their element, so that focus and pointer stay on it.
  function align(old, fresh) {
    const keys = new Map();
    for (const child of old.children) {
      if (child.dataset && child.dataset.key) {
        keys.set(child.dataset.key, child);
      }
    }
    if (keys.size === 0) {
      return;
    }
    let place = old.firstElementChild;
    for (const child of fresh.children) {
      const same = keys.get(child.dataset.key);
      if (same && same !== place) {
        old.insertBefore(same, place);
      } else if (same) {
        place = place.nextElementSibling;
      } else {
        old.insertBefore(child.cloneNode(true), place);
      }
    }
  }

  function merge(old, fresh) {
    if (isTheirs(old) || old.isEqualNode(fresh)) {
      return;
    }
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
      old.replaceWith(document.importNode(fresh, true));
      return;
    }
    if (old.nodeType !== Node.ELEMENT_NODE) {
      old.nodeValue = fresh.nodeValue;
      return;
    }
    mergeAttributes(old, fresh);
    align(old, fresh);
    const before = [...old.childNodes];
    const after = [...fresh.childNodes];
    after.forEach((child, i) => {
      if (i < before.length) {
        merge(before[i], child);
      } else {
        old.append(document.importNode(child, true));
      }
    });
    before.slice(after.length).forEach((child) => child.remove());
  }

  async function refresh() {
    if (running || document.hidden) {
      asked = true;
      return;
    }
    running = true;
    asked = false;
    const begun = performance.now();
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.querySelector("main");
        if (fresh) {
          merge(main, fresh);
        }
      }
    } catch {
      // The stream says so, and connects again.
    }
    setTimeout(() => {
      running = false;
      if (asked) {
        refresh();
      }
    }, Math.max(LEAST_PAUSE, SHARE * (performance.now() - begun)));
  }

  function listen() {
    stream = new EventSource("/events");
    stream.onopen = () => say("on", "live");
    stream.onerror = () => {
      const refused = stream && stream.readyState === EventSource.CLOSED;
      say("off", refused ? "not live" : "reconnecting");
      if (refused) {
        stream = null; // asked for again with the next look at relative times
      }
    };
    stream.addEventListener("flow", refresh);
    stream.addEventListener("changed", refresh);
  }

  // A browser has few connections to one server: a page that nobody looks at gives its own back.
  function leave() {
    if (stream) {
      stream.close();
      stream = null;
    }
  }

  function come() {
    if (!document.hidden && !stream) {
      listen();
    }
    refresh();
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : come()));
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && come());
  setInterval(come, RELATIVE_TIMES);
  if (!document.hidden) {
    listen();
  }
})();
