package dev.sluice.outbox;

/** Where one delivery of a message goes: a channel, and to whom over it; empty if the channel knows. */
record Target(String channel, String recipient) {
    /** Whom a budget of recipients is charged for: a channel that knows its receiver stands for it. */
    String charged() {
        return recipient.isBlank() ? channel : recipient;
    }
}
