"use client";

import { useState } from "react";

/**
 * A hidden field for what a form was made from: it stays what it was when the form came, also when the page around it is
 * renewed, so that whoever saves hears of what somebody else saved meanwhile.
 */
export function HeldValue({ name, value }: { name: string; value: string | number }) {
  const [held] = useState(value);
  return <input type="hidden" name={name} value={held} />;
}
