// Names for the theme's two bars beside the text: who hears the page can tell them apart.

const NAMES = { ".sidebar-drawer": "All pages", ".toc-drawer": "On this page" };

export function nameLandmarks() {
  for (const [place, name] of Object.entries(NAMES)) {
    document.querySelector(place)?.setAttribute("aria-label", name);
  }
}
