// @ts-check
/** Words for people inside answers. */

export const words = {
  code: "code",
  copy: "Copy",
  copied: "Copied",
  notCopied: "Could not copy",
  table: "Table",
  formula: "Formula",
  /** @param {string} language */
  codeIn: (language) => (language ? `Code: ${language}` : "Code"),
  /** @param {string} language */
  copyCode: (language) => (language ? `Copy the ${language} code` : "Copy the code"),
  /** @param {string} name */
  picture: (name) => (name ? `Picture: ${name}` : "Picture"),
};
