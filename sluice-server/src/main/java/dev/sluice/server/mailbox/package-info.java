/** Mailboxes that jobs read: each new message once to a webhook. */
@NullMarked
package dev.sluice.server.mailbox;

import org.jspecify.annotations.NullMarked;
