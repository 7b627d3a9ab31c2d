// Small pieces of the toolbar: each is made once and told later how it stands.

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// One of a few choices. choices: [[value, word, tooltip]]
//
// show(chosen, usable, there): what is not usable is greyed, what is not there is left out
export function segmented(label, choices, choose) {
  const buttons = choices.map(([value, word, title]) =>
    element("button", { type: "button", title, onclick: () => choose(value) }, word),
  );
  const node = element("div", { class: "board-segments", role: "group", "aria-label": label });
  node.append(...buttons);
  const show = (chosen, usable = () => true, there = () => true) =>
    buttons.forEach((button, at) => {
      button.hidden = !there(choices[at][0]);
      button.setAttribute("aria-pressed", choices[at][0] === chosen);
      button.disabled = !usable(choices[at][0]);
    });
  return { node, show };
}

export function slider(label, title, attributes, slide) {
  const node = element("input", { type: "range", "aria-label": label, title, ...attributes });
  node.addEventListener("input", () => slide(Number(node.value)));
  const show = (value, max) => {
    if (max !== undefined) node.max = max;
    if (document.activeElement !== node || Number(node.value) !== value) node.value = value;
  };
  return { node, show };
}

// A button that opens a list of actions below it. actions: [[word, act]]
export function menu(word, title, actions) {
  const close = () => {
    node.open = false;
  };
  const items = actions.map(([name, act]) =>
    element(
      "button",
      {
        type: "button",
        onclick: () => {
          close();
          act();
        },
      },
      name,
    ),
  );
  const node = element(
    "details",
    {
      class: "board-menu",
      onkeydown: (event) => {
        if (event.key === "Escape") close();
      },
      onfocusout: (event) => {
        if (!node.contains(event.relatedTarget)) close();
      },
    },
    element("summary", { title }, word),
    element("div", {}, ...items),
  );
  return node;
}
