-- oldest-program: 0.1.0
-- Payments that are made on a page of the provider's, and the language in which a payer is written to.

-- lock-safe: columns without a default are added without reading the table.
alter table payments
  -- The provider's page of this payment. Until somebody pays there it is also the intent's id; then the intent has its own.
  add column page_id text,
  -- As the payer first asked: of the provider's page, the way back from it, and the receipt.
  add column payer_language text constraint payments_payer_language_known check (payer_language in ('en', 'es'));
