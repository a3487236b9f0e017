package dev.sluice.server.channel;

import dev.sluice.outbox.Channel;
import dev.sluice.server.text.MailAddress;

/** A channel that may be given mail addresses to go to, and knows a mailbox by any way of writing it, as mail does. */
interface KnowsMailboxes extends Channel {
    @Override
    default String receiver(String recipient) {
        return MailAddress.mailbox(recipient).orElseGet(() -> Channel.super.receiver(recipient));
    }
}
