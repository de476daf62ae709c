import type { QueryCalls } from "#tests/guards/query-calls.ts";

/** Settings of status and living with a warning: all of it is the web's. */
export const calls: QueryCalls = ({ customer, member, groupId }) => {
  const { partnerId: p, id: c } = customer;
  const now = new Date();
  const id = crypto.randomUUID();
  const was = { silentDays: 7, stuckHours: 24 };
  const none = { silentDays: null, stuckHours: null };
  const window = {
    name: "x",
    covers: "group",
    groupId,
    forCustomerId: null,
    startsAt: now,
    endsAt: new Date(now.getTime() + 1),
    createdBy: "x",
  };
  const denied = { pattern: "*torrent*", note: "", createdBy: "x" };
  const key = { customerId: c, code: "devices_silent", subject: "" };
  const event = { ...key, kind: "commented", actorName: "x", text: "x", untilAt: null };
  const given: Record<string, unknown[][]> = {
    "settings.getThresholds": [[p]],
    "settings.listGroupThresholds": [[p]],
    "settings.findGroupThresholds": [[p, groupId]],
    "settings.updateThresholds": [[p, was, was]],
    "settings.updateGroupThresholds": [[p, groupId, none, was]],
    "settings.listOpenWindows": [[p, now, 5]],
    "settings.listPastWindows": [[p, now, 5]],
    "settings.findWindow": [[p, id]],
    "settings.insertWindow": [[p, window]],
    "settings.endWindow": [[p, id, now]],
    "settings.deleteWindow": [[p, id]],
    "settings.listNamed": [[p, [c], "ditta"]],
    "settings.refreshSoon": [
      [p, null],
      [p, [c]],
    ],
    "settings.refreshGroupSoon": [[p, groupId]],
    "settings.listDenied": [[p]],
    "settings.insertDenied": [[p, denied]],
    "settings.deleteDenied": [[p, id]],
    "settings.refreshDeniedSoon": [[p, id]],
    "warnings.findReasons": [[p, c]],
    "warnings.listHandlings": [[p, c]],
    "warnings.listEvents": [[p, c, 5]],
    "warnings.insertEvent": [[p, event, now]],
    "warnings.lockHandling": [[p, key, "x", now]],
    "warnings.updateHandling": [[p, key, { assignedTo: member.membershipId }]],
    "warnings.listTeam": [[p, c]],
    "warnings.listDeniedHere": [[p, c]],
    "warnings.listExceptions": [[p, c]],
    "warnings.insertExceptions": [[p, c, [id], { reason: "x", createdBy: "x" }]],
    "warnings.deleteException": [[p, c, id]],
  };
  return Object.fromEntries(
    Object.entries(given).map(([name, calledWith]) => [name, { role: "web", given: calledWith }]),
  );
};
