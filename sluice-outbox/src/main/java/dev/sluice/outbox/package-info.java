/** Messages, deliveries, digests and the ledger. */
@NullMarked
package dev.sluice.outbox;

import org.jspecify.annotations.NullMarked;
