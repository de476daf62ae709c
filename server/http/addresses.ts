// Which hosts and network addresses an outgoing request may reach.
import { lookup as resolve } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { VendorError } from "./errors.ts";

export type AddressRules = {
  /** `id.vendor.com` allows that host, `.vendor.com` every host below it. */
  hosts: readonly string[];
  /** Emulators of the demo and of tests (decision 37): plain http and loopback addresses, for loopback names only. */
  allowLoopback: boolean;
};

// IANA special-purpose registries: everything that is not a public unicast address.
const closed = new BlockList();
for (const range of [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
])
  addRange(closed, range, "ipv4");
for (const range of ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"]) addRange(closed, range, "ipv6");
const publicIpv6 = new BlockList();
addRange(publicIpv6, "2000::/3", "ipv6");
const loopback = new BlockList();
addRange(loopback, "127.0.0.0/8", "ipv4");
addRange(loopback, "::1/128", "ipv6");

function addRange(list: BlockList, range: string, type: "ipv4" | "ipv6"): void {
  const [address = "", bits = ""] = range.split("/");
  list.addSubnet(address, Number(bits), type);
}

export function isLoopbackAddress(address: string): boolean {
  // A mapped address (::ffff:127.0.0.1) is deliberately not loopback: nobody needs it, and it evades filters.
  return !address.toLowerCase().startsWith("::ffff:") && loopback.check(address, family(address));
}

export function isPublicAddress(address: string): boolean {
  if (family(address) === "ipv4") return !closed.check(address, "ipv4");
  // Mapped, NAT64, unique local, link-local and multicast addresses all lie outside 2000::/3.
  return publicIpv6.check(address, "ipv6") && !closed.check(address, "ipv6");
}

function family(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 4 ? "ipv4" : "ipv6";
}

function isLoopbackName(host: string): boolean {
  return host === "localhost" || (isIP(host) !== 0 && isLoopbackAddress(host));
}

/** Refuses an address before any connection is made; IP literals never reach `lookup`, so they are judged here. */
export function checkUrl(url: URL, rules: AddressRules): void {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const isLocal = rules.allowLoopback && isLoopbackName(host);
  const isListed = rules.hosts.some((rule) => (rule.startsWith(".") ? host.endsWith(rule) : host === rule));
  if (url.username !== "" || url.password !== "") throw blocked(host, "credentials in the address");
  if (url.protocol !== "https:" && !(isLocal && url.protocol === "http:")) throw blocked(host, "not https");
  if (!isLocal && !isListed) throw blocked(host, "host not allowed");
  if (!isLocal && isIP(host) !== 0 && !isPublicAddress(host)) throw blocked(host, "address not public");
}

/** `lookup` for sockets: judges the very addresses that are about to be connected to, so no rebinding in between. */
export function checkedLookup(rules: AddressRules): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "", 4);
      const isLocal = rules.allowLoopback && isLoopbackName(hostname);
      const allowed = addresses.filter(({ address }) =>
        isLocal ? isLoopbackAddress(address) : isPublicAddress(address),
      );
      const [first] = allowed;
      if (first === undefined) return callback(blocked(hostname, "address not public"), "", 4);
      if (options.all) return callback(null, allowed);
      callback(null, first.address, first.family);
    });
  };
}

function blocked(host: string, why: string): VendorError {
  return new VendorError("vendor.blocked", `${host.slice(0, 100)}: ${why}`);
}
