-- Undoing a bulk action that took a tag off gives it back as each customer had it.

alter table bulk_row
  -- The tags that were taken off this customer, in its own spelling: capitals do not tell tags apart.
  add was text[];
