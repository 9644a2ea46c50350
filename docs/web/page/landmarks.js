// What the theme leaves out for who hears the page: names for the two bars beside the text, by
// which one tells them apart, and the level of the headings in the first.

const NAMES = { ".sidebar-drawer": "All pages", ".toc-drawer": "On this page" };

export function nameLandmarks() {
  for (const [place, name] of Object.entries(NAMES)) {
    document.querySelector(place)?.setAttribute("aria-label", name);
  }
  for (const caption of document.querySelectorAll(".caption[role='heading']")) {
    caption.setAttribute("aria-level", "2");
  }
}
