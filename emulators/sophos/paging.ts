// The vendor's two ways of paging: by number (partner and licences) and by key (tenant interfaces).

export class BadRequest extends Error {}

type Range = { total: number; item(index: number): object };

export function pageByNumber(query: URLSearchParams, maxSize: number, { total, item }: Range): object {
  const size = readSize(query, maxSize);
  const page = readNumber(query, "page", 1);
  return {
    items: slice(item, (page - 1) * size, Math.min(total, page * size)),
    pages: {
      current: page,
      size,
      maxSize,
      ...(query.get("pageTotal") === "true" ? { total: Math.ceil(total / size), items: total } : {}),
    },
  };
}

export function pageByKey(
  query: URLSearchParams,
  maxSize: number,
  scope: string,
  { total, item }: Range,
  isEndless: boolean,
): object {
  const size = readSize(query, maxSize);
  const fromKey = query.get("pageFromKey");
  const start = fromKey === null ? 0 : readKey(fromKey, scope);
  const end = Math.min(total, start + size);
  const nextKey = isEndless ? writeKey(0, scope) : end < total ? writeKey(end, scope) : null;
  return {
    items: slice(item, start, end),
    pages: {
      ...(fromKey === null ? {} : { fromKey }),
      ...(nextKey === null ? {} : { nextKey }),
      size,
      maxSize,
      ...(query.get("pageTotal") === "true" ? { total: Math.ceil(total / size), items: total } : {}),
    },
  };
}

function slice(item: (index: number) => object, start: number, end: number): object[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, offset) => item(start + offset));
}

function readSize(query: URLSearchParams, maxSize: number): number {
  const size = readNumber(query, "pageSize", Math.min(50, maxSize));
  if (size > maxSize) throw new BadRequest(`pageSize must not exceed ${maxSize}`);
  return size;
}

function readNumber(query: URLSearchParams, key: string, fallback: number): number {
  const text = query.get(key);
  if (text === null) return fallback;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new BadRequest(`${key} must be a positive integer`);
  return Number(text);
}

function writeKey(offset: number, scope: string): string {
  return Buffer.from(`${scope}:${offset}`).toString("base64url");
}

function readKey(key: string, scope: string): number {
  const [of, offset] = Buffer.from(key, "base64url").toString().split(":");
  if (of !== scope || !/^\d{1,9}$/.test(offset ?? "")) throw new BadRequest("pageFromKey is not valid");
  return Number(offset);
}
