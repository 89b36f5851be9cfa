/** HTML that the server made of the lesson's own Markdown. */
export function Html({ html, className }: { readonly html: string; readonly className?: string }) {
  // The lesson's own text; nothing that anybody typed is in it
  return html === "" ? null : <div class={`prose ${className ?? ""}`} dangerouslySetInnerHTML={{ __html: html }} />;
}
