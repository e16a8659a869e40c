import assert from "node:assert/strict";
import { test } from "node:test";

import { localPath } from "../../admin_app/static/js/local_path.js";

test("after signing in only paths of this site are gone to", () => {
  for (const path of ["/", "/admin", "/chat?model=a%20b", "/admin#keys"]) assert.equal(localPath(path, "/chat"), path);
});

test("anything that a browser could read as another site leads to the chat", () => {
  const foreign = [null, "", "admin", "//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", "/é"];
  for (const path of foreign) assert.equal(localPath(path, "/chat"), "/chat");
});
