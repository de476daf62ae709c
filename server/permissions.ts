// Who may do what: the one table that decides. An action that is not in it does not exist.

export const partnerRoles = ["superAdmin", "admin", "helpDesk", "business", "readOnly"] as const;
export const customerRoles = ["customerAdmin", "customerViewer"] as const;
export type PartnerRole = (typeof partnerRoles)[number];
export type CustomerRole = (typeof customerRoles)[number];
export type RoleName = PartnerRole | CustomerRole;

/** What a customer's grant opens at a `delegated` customer. */
export const capabilities = ["metrics", "licences", "console", "reports"] as const;
export type Capability = (typeof capabilities)[number];

type Rule = {
  roles: readonly RoleName[];
  /** The action is about one customer: role ∩ scope, and the capability where one is named. */
  on?: "customer";
  capability?: Capability;
};

const everyone = [...partnerRoles, ...customerRoles] as const;
const technical = ["superAdmin", "admin", "helpDesk", "readOnly", ...customerRoles] as const;
const admins = ["superAdmin", "admin"] as const;
const editors = ["superAdmin", "admin", "business"] as const;
const support = ["superAdmin", "admin", "helpDesk"] as const;

/** The rows of the roles page, in its order. Customers' roles always mean: at their own customer. */
export const permissions = {
  "customer:list": { roles: partnerRoles },
  "customer:open": { roles: everyone, on: "customer" },
  "metrics:read": { roles: technical, on: "customer", capability: "metrics" },
  "licence:list": { roles: partnerRoles },
  "licence:read": { roles: everyone, on: "customer" },
  "customer:edit": { roles: editors, on: "customer" },
  "contact:edit": { roles: [...editors, "customerAdmin"], on: "customer" },
  "account:link": { roles: admins },
  "customer:pin": { roles: partnerRoles, on: "customer" },
  "view:save": { roles: partnerRoles },
  "view:share": { roles: editors },
  "warning:handle": { roles: support, on: "customer" },
  "alert:act": { roles: support, on: "customer", capability: "metrics" },
  "service:add": { roles: editors, on: "customer" },
  "service:start": { roles: editors, on: "customer", capability: "console" },
  "service:hide": { roles: editors, on: "customer" },
  "licence:propose": { roles: editors, on: "customer" },
  "licence:answer": { roles: ["customerAdmin"], on: "customer" },
  "licence:askFewer": { roles: ["customerAdmin"], on: "customer" },
  "price:edit": { roles: ["superAdmin", "business"] },
  "account:create": { roles: editors },
  "licence:edit": { roles: editors, on: "customer" },
  "licence:editOwned": { roles: editors, on: "customer", capability: "licences" },
  "trial:convert": { roles: editors, on: "customer" },
  "customer:unlink": { roles: admins, on: "customer" },
  "customer:disconnect": { roles: admins, on: "customer" },
  "group:manage": { roles: ["superAdmin"] },
  "access:request": { roles: admins, on: "customer" },
  "access:grant": { roles: ["customerAdmin"], on: "customer" },
  "access:revoke": { roles: ["customerAdmin"], on: "customer" },
  "customer:launch": { roles: support, on: "customer", capability: "console" },
  "sync:start": { roles: [...support, "customerAdmin"], on: "customer", capability: "metrics" },
  "sync:startAll": { roles: support },
  "sync:read": { roles: partnerRoles },
  "sync:cancel": { roles: support },
  "report:send": {
    roles: ["superAdmin", "admin", "helpDesk", "business", "customerAdmin"],
    on: "customer",
    capability: "reports",
  },
  "report:template": { roles: editors },
  "psa:read": { roles: partnerRoles },
  "psa:edit": { roles: editors },
  "connection:manage": { roles: ["superAdmin"] },
  "connection:manageOwn": { roles: ["customerAdmin"], on: "customer" },
  "customer:import": { roles: admins },
  "customer:export": { roles: partnerRoles },
  "customer:exportOwn": { roles: everyone, on: "customer" },
  "risk:serviceAccount": { roles: [...admins, "customerAdmin"], on: "customer", capability: "reports" },
  "team:manage": { roles: ["superAdmin"] },
  "team:manageOwn": { roles: ["customerAdmin"], on: "customer" },
  "token:manage": { roles: ["superAdmin"] },
  "token:manageOwn": { roles: admins },
  "snapshot:push": { roles: admins },
  "audit:read": { roles: ["superAdmin"] },
  "audit:readScope": { roles: admins },
  "audit:readOwn": { roles: customerRoles, on: "customer" },
  "partner:settings": { roles: ["superAdmin"] },
  "account:self": { roles: everyone },
} as const satisfies Record<string, Rule>;

export type Permission = keyof typeof permissions;
export type CustomerPermission = {
  [P in Permission]: (typeof permissions)[P] extends { on: "customer" } ? P : never;
}[Permission];
export type PartnerPermission = Exclude<Permission, CustomerPermission>;

/** What is known of a customer when one is asked about: its relationship and what a live grant opens. */
export type CustomerAccess = {
  id: string;
  relationship: "managed" | "delegated" | "order_only";
  capabilities: readonly Capability[];
};
/** Whoever acts: a person in a membership, by themselves or through a program with a token of theirs. */
export type Actor = {
  userId: string;
  email: string;
  name: string;
  language: "en" | "it" | "fr";
  timeZone: string;
  membershipId: string;
  role: RoleName;
  partnerId: string;
  partnerName: string;
  /** Set for a customer's user: the only customer there is for them. */
  customerId: string | null;
  /** All customers and none denied. */
  memberAll: boolean;
  address: string;
  /** When the person last proved who they are (requireFresh); absent for a token, which proves nothing. */
  provedAt?: Date;
  /** A program acts with this token of the member's: what the token may do, and never more than the member may. */
  apiToken?: { id: string; name: string; permissions: readonly string[]; connectionId: string | null };
};

/** Orders of managed customers open licences, contacts and the account itself, nothing else (domain.md). */
const orderPermissions: readonly Permission[] = [
  "customer:open",
  "licence:read",
  "customer:launch",
  "customer:pin",
  "customer:exportOwn",
];

/**
 * May `actor` do it: for role-wide questions without `customer`, for one customer with it. Whether the customer is in
 * the actor's scope is the database's answer (visible_customer), asked before this.
 */
export function can(
  actor: Pick<Actor, "role" | "customerId" | "apiToken">,
  permission: Permission,
  customer?: CustomerAccess,
): boolean {
  const rule: Rule = permissions[permission];
  if (!rule.roles.includes(actor.role)) return false;
  if (actor.apiToken && !actor.apiToken.permissions.includes(permission)) return false;
  if (!customer) return true;
  if (actor.customerId !== null) return actor.customerId === customer.id;
  if (customer.relationship === "order_only") return orderPermissions.includes(permission);
  if (customer.relationship === "delegated" && rule.capability)
    return customer.capabilities.includes(rule.capability);
  return true;
}
