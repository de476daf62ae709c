// Which addresses outgoing requests may reach.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkUrl, isLoopbackAddress, isPublicAddress } from "./addresses.ts";

describe("addresses", () => {
  it.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.100.100.200",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "fe80::1",
    "fd00:ec2::254",
    "fc00::1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
    "2001:db8::1",
    "ff02::1",
  ])("%s is not public", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::1"])(
    "%s is public",
    (address) => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it("holds no private IPv4 address public in its mapped form either", () => {
    fc.assert(fc.property(fc.ipV4(), (address) => !isPublicAddress(`::ffff:${address}`)));
  });

  it("knows loopback, but not in disguise", () => {
    expect(isLoopbackAddress("127.9.9.9")).toBe(true);
    expect(isLoopbackAddress("::1")).toBe(true);
    expect(isLoopbackAddress("::ffff:127.0.0.1")).toBe(false);
    expect(isLoopbackAddress("8.8.8.8")).toBe(false);
  });
});

describe("checkUrl", () => {
  const rules = { hosts: ["id.vendor.example", ".api.vendor.example"], allowLoopback: false };

  it.each([
    "https://id.vendor.example/x",
    "https://eu.api.vendor.example/",
    "https://a.b.api.vendor.example/",
  ])("allows %s", (url) => {
    expect(() => checkUrl(new URL(url), rules)).not.toThrow();
  });

  it.each([
    "http://id.vendor.example/",
    "https://evil.example/",
    "https://xid.vendor.example/",
    "https://id.vendor.example.evil.example/",
    "https://api.vendor.example/",
    "https://user:pass@id.vendor.example/",
    "https://127.0.0.1/",
    "http://localhost/",
    "https://[::ffff:127.0.0.1]/",
    "https://0x7f000001/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://[::]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[64:ff9b::7f00:1]/",
    "https://id.vendor.example./",
    "https://１２７.0.0.1/",
    "ftp://id.vendor.example/",
  ])("refuses %s", (url) => {
    expect(() => checkUrl(new URL(url), rules)).toThrow("vendor.blocked");
  });

  it("allows loopback only when told so, and nothing else private with it", () => {
    const local = { ...rules, allowLoopback: true };
    expect(() => checkUrl(new URL("http://127.0.0.1:4000/"), local)).not.toThrow();
    expect(() => checkUrl(new URL("http://[::1]:4000/"), local)).not.toThrow();
    expect(() => checkUrl(new URL("http://10.0.0.1/"), local)).toThrow("vendor.blocked");
    expect(() => checkUrl(new URL("http://id.vendor.example/"), local)).toThrow("vendor.blocked");
  });

  it.each([
    "10.0.0.1",
    "0xa000001",
    "167772161",
    "012.0.0.1",
    "10.1",
    "[::ffff:10.0.0.1]",
    "169.254.169.254",
  ])("refuses %s although an operator listed it, however it is written", (host) => {
    const url = new URL(`https://${host}/`);
    const listed = { ...rules, hosts: [url.hostname.replace(/^\[(.*)\]$/, "$1")] };
    expect(() => checkUrl(url, listed)).toThrow("not public");
  });

  it("refuses a listed address that is not public", () => {
    expect(() => checkUrl(new URL("https://10.0.0.1/"), { ...rules, hosts: ["10.0.0.1"] })).toThrow(
      "not public",
    );
  });
});
