package dev.sluice.server.config;

import java.time.Duration;

/**
 * Which passes of a flow go out as one message.
 *
 * @param by the field whose value is the name of the group; passes without it go out alone
 * @param waits how long others are waited for; those of one request are one group even without
 */
public record GroupConfig(String by, Duration waits) {}
