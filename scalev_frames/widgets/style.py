"""Why: one style sheet for every panel: JupyterLab's own colours where there are any, and good ones elsewhere.

May import nothing. Widgets use the ``--scalev-*`` colours below; a widget shown alone takes `CSS` as its ``_css``.
"""

from __future__ import annotations

#: Colours and sizes, light or dark by what surrounds the panel.
TOKENS = """
.scalev, .scalev-table {
  --scalev-ink: var(--jp-ui-font-color1, #1f2328);
  --scalev-ground: var(--jp-layout-color1, #ffffff);
  --scalev-raised: var(--jp-layout-color2, #f3f4f6);
  --scalev-line: var(--jp-border-color2, #d0d7de);
  --scalev-strong-line: color-mix(in srgb, var(--scalev-ink) 55%, var(--scalev-ground));
  --scalev-quiet: color-mix(in srgb, var(--scalev-ink) 78%, var(--scalev-ground));
  --scalev-accent: #0b6b5d;
  --scalev-accent-ink: #ffffff;
  --scalev-accent-text: color-mix(in srgb, #0f8f7c 70%, var(--scalev-ink));
  --scalev-good: color-mix(in srgb, #1a7f37 75%, var(--scalev-ink));
  --scalev-bad: color-mix(in srgb, #d1242f 75%, var(--scalev-ink));
  --scalev-warn: color-mix(in srgb, #9a6700 75%, var(--scalev-ink));
  --scalev-font: var(--jp-ui-font-family, system-ui, -apple-system, "Segoe UI", sans-serif);
  --scalev-mono: var(--jp-code-font-family, ui-monospace, Menlo, Consolas, monospace);
  color: var(--scalev-ink);
  font-family: var(--scalev-font);
  font-size: 13px;
  line-height: 1.4;
}
"""

CSS = TOKENS
