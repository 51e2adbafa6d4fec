// SPDX-License-Identifier: GPL-2.0-or-later
// What the tests ask a page in the browser; an object of functions.
({
  // Opens what is folded.
  unfold() {
    document.querySelectorAll("details").forEach((details) => { details.open = true; });
  },

  // What is folded and cannot be seen, but for tables that a picture shows.
  folded() {
    const said = "details:not([open], .ladder-table) > :not(summary)";
    return [...document.querySelectorAll(said)].filter((element) =>
      !element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }) ||
      element.getBoundingClientRect().height === 0
    ).map((element) => element.outerHTML.slice(0, 80));
  },

  // The element names and attributes of the page, in their order: what texts have no say in. The
  // length of a text has one in where it is drawn.
  skeleton() {
    const said = new Set(["content", "href"]);
    const drawn = new Set(["x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "d", "width", "height", "viewBox"]);
    return [...document.querySelectorAll("*")].map((element) => {
      const loose = element.closest("svg") ? drawn : said;
      return [element.localName, ...[...element.attributes].map((attribute) =>
        loose.has(attribute.name) ? attribute.name : `${attribute.name}=${attribute.value}`)].join(" ");
    });
  },

  // By how many pixels the page is wider than the window, and what sticks out.
  overflow() {
    const width = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth - width;
    const out = wide <= 0 ? [] : [...document.querySelectorAll("main *")].filter((element) =>
      element.getBoundingClientRect().right > width + 1 && !element.closest(".scroll")
    ).slice(0, 3).map((element) => element.outerHTML.slice(0, 80));
    return { wide, out };
  },

  // Pictures that can be seen, with how many pixels of the page one of theirs takes, their height
  // and their lanes.
  pictures() {
    return [...document.querySelectorAll("figure .scroll > svg")].filter((svg) =>
      svg.checkVisibility({ contentVisibilityAuto: true })
    ).map((svg) => {
      const { width, height } = svg.getBoundingClientRect();
      return {
        scale: width / svg.viewBox.baseVal.width,
        height,
        lanes: svg.querySelectorAll(".head").length,
      };
    });
  },

  // Boxes that have to be scrolled for what they hold, ladders of more than LANES lanes left out.
  scrolled(lanes) {
    return [...document.querySelectorAll(".scroll")].filter((box) =>
      box.scrollWidth > box.clientWidth &&
      !(box.querySelector("svg")?.querySelectorAll(".head").length > lanes)
    ).map((box) => `${box.scrollWidth} in ${box.clientWidth}: ${box.ariaLabel}`);
  },

  // Marks of findings in ladders that are seen only when their box is scrolled.
  marks_out() {
    return [...document.querySelectorAll("figure.ladder .scroll .finding-mark")].filter((mark) =>
      mark.getBoundingClientRect().right > mark.closest(".scroll").getBoundingClientRect().right
    ).length;
  },

  // Numbers and times that are broken into lines.
  broken() {
    return [...document.querySelectorAll("td.num, td.time")].filter((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1;
    }).map((cell) => cell.textContent);
  },

  // Words of the steps' names that are broken into lines.
  split() {
    const found = [];
    for (const cell of document.querySelectorAll(".step th")) {
      const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        for (const word of walker.currentNode.data.matchAll(/[^ -]+/g)) {
          const range = document.createRange();
          range.setStart(walker.currentNode, word.index);
          range.setEnd(walker.currentNode, word.index + word[0].length);
          if (new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1) {
            found.push(word[0]);
          }
        }
      }
    }
    return found;
  },

  // Every text whose contrast with what is behind it is below LEAST.
  dim(least) {
    const channels = (colour) => {
      const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
      return { rgb: [red, green, blue], alpha: alpha / 255 };
    };
    const known = new Map();
    const read = (colour) => {
      if (!known.has(colour)) known.set(colour, channels(colour));
      return known.get(colour);
    };
    const over = (above, below) =>
      above.rgb.map((value, i) => value * above.alpha + below[i] * (1 - above.alpha));
    const behind = (element) => {
      if (!element) return read(getComputedStyle(document.documentElement).backgroundColor).rgb;
      const own = read(getComputedStyle(element).backgroundColor);
      return own.alpha === 1 ? own.rgb : over(own, behind(element.parentElement));
    };
    // Shapes of a drawing, by their boxes, which later ones lie over.
    const shapes = new Map();
    const shapes_of = (drawing) => {
      if (!shapes.has(drawing)) {
        shapes.set(drawing, [...drawing.querySelectorAll("rect, circle, path")].map((shape) => {
          const style = getComputedStyle(shape);
          const fill = style.fill === "none" ? { rgb: [0, 0, 0], alpha: 0 } : { ...read(style.fill) };
          fill.alpha *= style.fillOpacity * style.opacity;
          return { shape, fill, box: shape.getBoundingClientRect() };
        }).filter(({ fill }) => fill.alpha > 0));
      }
      return shapes.get(drawing);
    };
    const behind_drawn = (element) => {
      const drawing = element.closest("svg");
      const own = element.getBoundingClientRect();
      const x = own.left + own.width / 2;
      const y = own.top + own.height / 2;
      return shapes_of(drawing).filter(({ shape, box }) =>
        box.left <= x && x <= box.right && box.top <= y && y <= box.bottom &&
        shape.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING
      ).reduce((below, { fill }) => over(fill, below), behind(drawing));
    };
    const luminance = (rgb) => {
      const [red, green, blue] = rgb.map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const found = [];
    let texts = 0;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      const text = walker.currentNode.data.trim();
      if (!text || element.localName === "script" || element.closest("title, desc") ||
          !element.checkVisibility()) continue;
      texts += 1;
      const style = getComputedStyle(element);
      const drawn = element.closest("svg") !== null;
      const background = drawn ? behind_drawn(element) : behind(element);
      const colour = over(read(drawn ? style.fill : style.color), background);
      const [high, low] = [luminance(colour), luminance(background)].sort((a, b) => b - a);
      const contrast = (high + 0.05) / (low + 0.05);
      if (contrast < least) found.push(`${contrast.toFixed(2)} ${text.slice(0, 40)}`);
    }
    return { texts, found };
  },
})
