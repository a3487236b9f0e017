package dev.sluice.outbox;

import java.time.Instant;

/** An example of a held occurrence: when it came, and what it said, cut to 1 KB. */
public record Sample(Instant at, String title, String message) {}
