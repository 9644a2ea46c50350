// Repairs to the theme's bars beside the text, for who hears the page: names that tell them apart,
// and a level for their headings.

const NAMES = { ".sidebar-drawer": "All pages", ".toc-drawer": "On this page" };

export function nameLandmarks() {
  for (const [place, name] of Object.entries(NAMES)) {
    document.querySelector(place)?.setAttribute("aria-label", name);
  }
  for (const caption of document.querySelectorAll(".caption[role=heading]")) {
    caption.ariaLevel = "2";
  }
}
