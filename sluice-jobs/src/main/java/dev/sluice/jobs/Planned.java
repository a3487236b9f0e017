package dev.sluice.jobs;

import java.util.Optional;

/**
 * A subject whose job is due by itself.
 *
 * @param subject 1 to 200 bytes in UTF-8
 * @param schedule when; empty if only triggers start it
 * @param enabled false: nothing is scheduled, and triggers are refused
 * @param data for the handler
 */
public record Planned(String subject, Optional<Schedule> schedule, boolean enabled, String data) {}
