package dev.sluice.jobs;

import java.util.Optional;

/**
 * A subject whose job is due by itself.
 *
 * @param subject 1 to 200 bytes in UTF-8
 * @param schedule when; empty if only triggers start it
 * @param enabled false: nothing is scheduled, and triggers are refused
 * @param data for the handler, at most 100,000 characters
 */
public record Planned(String subject, Optional<Schedule> schedule, boolean enabled, String data) {
    /** @throws IllegalArgumentException if the data are too long */
    public Planned {
        data = Texts.bounded("what is planned for a subject", data);
    }
}
