import { workKinds } from "#server/home/schema.ts";
import type { QueryCalls } from "#tests/guards/query-calls.ts";

/** Pins and the queue of work. */
export const calls: QueryCalls = ({ customer, member, groupId }) => {
  const { partnerId: p, id: c } = customer;
  const m = member.membershipId;
  const now = new Date();
  const id = crypto.randomUUID();
  const all = {
    partnerId: p,
    assignedTo: null,
    ids: undefined,
    group: undefined,
    now,
    today: "2026-11-21",
  };
  const scopes = [all, { ...all, assignedTo: m, ids: [c] }, { ...all, group: groupId }];
  const work = { kind: "licence_end", subjectId: c, due: "2026-12-01" };
  const open = { kind: "warning", code: "devices_silent", subject: "", amount: 2 };
  return {
    "pins.listPins": { given: [[p, m]] },
    "pins.findName": { given: [[p, c]] },
    "pins.insertPins": { given: [[p, m, [c]]] },
    "pins.deletePins": { given: [[p, m, [c]]] },
    "pins.lockPins": { given: [[m]] },
    "home.listWork": {
      role: "web",
      given: workKinds.flatMap((kind) => scopes.map((scope) => [kind, scope, undefined, 5])),
    },
    "home.countWork": {
      role: "web",
      given: workKinds.flatMap((kind) => scopes.map((scope) => [kind, scope, 5])),
    },
    "home.findGroupIds": { given: [[p, groupId]] },
    "home.listMemberNames": { role: "web", given: [[p, [m]]] },
    "home.listPeople": { role: "web", given: [[c]] },
    "home.findWork": {
      role: "web",
      given: [
        ...(["access_end", "licence_end"] as const).map((kind) => [all, { ...work, kind }]),
        ...(["over_use", "account", "connection"] as const).map((kind) => [
          all,
          { kind, subjectId: c, due: "infinity" },
        ]),
      ],
    },
    "home.upsertAssignment": {
      role: "web",
      given: [[p, work, { customerId: c, began: now }, { membershipId: m, name: "x", from: id }, now]],
    },
    "home.deleteAssignment": { role: "web", given: [[p, { ...work, subjectId: id }, m]] },
    "overview.replaceOpenReasons": { given: [[p, [{ customerId: c, open: [open] }], now]] },
  };
};
