package dev.sluice.server.config;

import java.time.Duration;

/**
 * To whom messages of a flow go where the subject itself knows it.
 *
 * @param field the field with the address
 * @param lookEvery how often a missing one is looked for
 */
public record RecipientsConfig(String field, Duration lookEvery) {}
