/**
 * Messages on their way out, and what is known of them: {@link dev.sluice.outbox.Outbox#accept} decides an occurrence
 * and stores its message in one transaction; workers deliver it over a {@link dev.sluice.outbox.Channel}, settle its
 * claim and close it.
 */
@NullMarked
package dev.sluice.outbox;

import org.jspecify.annotations.NullMarked;
