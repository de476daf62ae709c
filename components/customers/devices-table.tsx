import { About } from "#components/figures/about.tsx";
import { Badge, type Tone } from "#components/ui/badge.tsx";
import { AlertIcon, CheckIcon } from "#components/ui/icons.tsx";
import { BlankCell, HeaderCell, Table, TableFrame } from "#components/ui/table.tsx";
import { formatAge, formatDateTime } from "#locales/format.ts";
import { getT } from "#locales/server.ts";
import type { CustomerDetails } from "#server/customer/schema.ts";
import type { CustomerView } from "./customer-view.ts";

type Device = NonNullable<CustomerDetails["devices"]>["rows"][number];
const tones = {
  active: "neutral",
  silent: "warning",
  quarantined: "danger",
  inactive: "disabled",
} satisfies Record<string, Tone>;
const stateOf = (device: Device) => (device.state === "active" && device.isSilent ? "silent" : device.state);

export async function DevicesTable({ view, rows }: { view: CustomerView; rows: readonly Device[] }) {
  const { details, lang, timeZone } = view;
  const [t, common] = await Promise.all([getT(lang, "customer"), getT(lang, "common")]);
  const now = new Date(details.now);
  const unknown = <BlankCell why={common("blank.not_reported")} data-blank="not_reported" />;
  const optional = (text: string) =>
    text === "" ? (
      unknown
    ) : (
      <td>
        <bdi>{text}</bdi>
      </td>
    );
  return (
    <TableFrame label={t("computers.title")} hint={common("table.scrollHint")}>
      <Table caption={t("computers.title")}>
        <thead>
          <tr>
            <HeaderCell>{t("computers.hostname")}</HeaderCell>
            <HeaderCell explanation={<About figure="deviceState" lang={lang} />}>
              {t("computers.state")}
            </HeaderCell>
            <HeaderCell explanation={<About figure="deviceProtection" lang={lang} />}>
              {t("computers.protection")}
            </HeaderCell>
            <HeaderCell numeric explanation={<About figure="deviceSeen" lang={lang} />}>
              {t("computers.lastSeen")}
            </HeaderCell>
            <HeaderCell>{t("computers.type")}</HeaderCell>
            <HeaderCell>{t("computers.os")}</HeaderCell>
            <HeaderCell>{t("computers.person")}</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {rows.map((device) => {
            const state = stateOf(device);
            return (
              <tr key={device.id} data-row-id={device.id}>
                <th scope="row">
                  <bdi className="block truncate font-medium" title={device.hostname}>
                    {device.hostname}
                  </bdi>
                </th>
                <td>
                  {state === "active" ? (
                    t("computers.stateOf.active")
                  ) : (
                    <Badge tone={tones[state]}>{t(`computers.stateOf.${state}`)}</Badge>
                  )}
                </td>
                {device.isProtected === null ? (
                  unknown
                ) : (
                  <td>
                    {device.isProtected ? (
                      <Badge
                        plain
                        tone={
                          device.health === "bad"
                            ? "danger"
                            : device.health === "suspicious"
                              ? "warning"
                              : "positive"
                        }
                        icon={
                          device.health === "bad" || device.health === "suspicious" ? (
                            <AlertIcon />
                          ) : (
                            <CheckIcon />
                          )
                        }
                      >
                        {t(`computers.health.${device.health}`)}
                      </Badge>
                    ) : (
                      <Badge plain tone="danger" icon={<AlertIcon />}>
                        {t("computers.isUnprotected")}
                      </Badge>
                    )}
                  </td>
                )}
                <td
                  className="number"
                  title={
                    device.lastSeenAt === null
                      ? undefined
                      : formatDateTime(lang, timeZone, new Date(device.lastSeenAt))
                  }
                >
                  {device.lastSeenAt === null
                    ? t("computers.never")
                    : formatAge(lang, new Date(device.lastSeenAt), now)}
                </td>
                <td>{t(`computers.typeOf.${device.type}`)}</td>
                {optional(device.os)}
                {optional(device.person)}
              </tr>
            );
          })}
        </tbody>
      </Table>
    </TableFrame>
  );
}
