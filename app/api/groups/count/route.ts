export { countCustomers as GET } from "#server/groups/handler.ts";
