// Repairs to the theme's bars beside the text: names that tell them apart and a level for their
// headings, for who hears the page; the current page within sight, for who sees it.

const NAMES = { ".sidebar-drawer": "All pages", ".toc-drawer": "On this page" };

export function nameLandmarks() {
  for (const [place, name] of Object.entries(NAMES)) {
    document.querySelector(place)?.setAttribute("aria-label", name);
  }
  for (const caption of document.querySelectorAll(".caption[role=heading]")) {
    caption.ariaLevel = "2";
  }
}

// Scrolls the bar of all pages to the one that is read, where that lies below its fold.
export function showCurrentPage() {
  const bar = document.querySelector(".sidebar-scroll");
  const current = bar?.querySelector(".current-page > a");
  if (current) {
    const below = current.getBoundingClientRect().bottom - bar.getBoundingClientRect().bottom;
    bar.scrollBy({ top: below > 0 ? below + bar.clientHeight / 2 : 0, behavior: "instant" });
  }
}
