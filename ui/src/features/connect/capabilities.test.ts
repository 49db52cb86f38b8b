import { expect, it } from "vitest";

import { en } from "../../i18n/en";
import { capabilities } from "./capabilities";

it("every row of the table of what needs how much has words", () => {
  expect(capabilities.map((one) => one.id).sort()).toEqual(Object.keys(en.connect.capabilities).sort());
});
