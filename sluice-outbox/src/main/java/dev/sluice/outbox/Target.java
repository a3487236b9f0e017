package dev.sluice.outbox;

/** Where one delivery of a message goes: a channel, and to whom over it; empty if the channel knows. */
record Target(String channel, String recipient) {}
