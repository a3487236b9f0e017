package dev.sluice.server.channel;

import dev.sluice.outbox.Outgoing;
import dev.sluice.outbox.Receipt;

/** Keeps messages where they are: the stored message itself is what the console shows. Never fails. */
public final class InboxChannel implements KnowsMailboxes {
    @Override
    public Receipt send(Outgoing outgoing) {
        return new Receipt.Accepted("kept in the inbox");
    }
}
