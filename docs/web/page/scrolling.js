// Boxes that scroll sideways take part in the order of Tab, as long as there is anything to scroll.

const BOXES = ".picture, .formula, .table-wrapper, .highlight pre";

const observer = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const scrolls = target.scrollWidth > target.clientWidth;
    target.toggleAttribute("data-scrolls", scrolls);
    if (scrolls) {
      target.tabIndex = 0;
      target.setAttribute("role", "group");
      target.setAttribute("aria-label", "Scrolls sideways");
    } else if (target.tabIndex === 0) {
      target.removeAttribute("tabindex");
      target.removeAttribute("role");
      target.removeAttribute("aria-label");
    }
  }
});

// Watches every such box in a part of the page, and what is in it, whose size may change too.
export function watchScrolling(part) {
  for (const box of part.querySelectorAll(BOXES)) {
    observer.observe(box);
    box.querySelector("img")?.addEventListener("load", () => {
      observer.unobserve(box);
      observer.observe(box);
    });
  }
}
