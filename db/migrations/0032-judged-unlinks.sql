-- A scheduled unlink that a licence refused on its day is dropped, and stands so in the history of the account.
alter table account_link drop constraint account_link_kind_check, add constraint account_link_kind_check
  check (kind in ('linked', 'merged', 'split', 'unlink_scheduled', 'unlink_cancelled', 'unlink_refused', 'unlinked', 'set_aside'));
