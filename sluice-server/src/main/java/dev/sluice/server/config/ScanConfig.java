package dev.sluice.server.config;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Candidates of a flow that are found by a query in a database of the user's.
 *
 * @param database where, and how long it may take
 * @param queries what is asked
 * @param columns what the columns of a row mean
 * @param every how often it looks; more than zero
 * @param limits what is not sent, or not yet
 * @param incremental how it looks at what has changed only; empty: each time at everything
 * @param writeBack where what becomes of messages is written; empty: nowhere
 */
public record ScanConfig(
        Access database,
        Queries queries,
        Columns columns,
        Duration every,
        Limits limits,
        Optional<Incremental> incremental,
        Optional<WriteBackConfig> writeBack) {
    /**
     * What is asked.
     *
     * @param candidates the rows of all candidates
     * @param gone says why a subject is no candidate any more; its one parameter is the subject
     */
    public record Queries(String candidates, Optional<String> gone) {}

    /**
     * A database.
     *
     * @param url where it is, with its login
     * @param timeout of each statement
     */
    public record Access(StoreUrl url, Duration timeout) {}

    /**
     * Columns by their names in lower case.
     *
     * @param subject the one that says whose candidate it is: rows with the same value are one candidate
     * @param content those that make it what it is: when one of them changes it is another one. Empty where a column names it
     * @param namedBy the one that says what makes it what it is
     * @param items those that each row has of its own, in messages
     * @param required those that every row must have
     * @param age how old it is, in seconds, by the clock of the database
     * @param address to whom messages go; every row has it
     */
    public record Columns(
            String subject,
            List<String> content,
            Optional<String> namedBy,
            List<String> items,
            List<String> required,
            Optional<String> age,
            Optional<String> address) {
        /** All of them, each once. */
        public Set<String> named() {
            Set<String> all = new LinkedHashSet<>(List.of(subject));
            all.addAll(content);
            namedBy.ifPresent(all::add);
            all.addAll(items);
            all.addAll(required);
            age.ifPresent(all::add);
            return all;
        }
    }

    /**
     * What is not sent, or not yet.
     *
     * @param maxAge older ones are passed over
     * @param ramp most that are let out in a time
     */
    public record Limits(Optional<Duration> maxAge, Optional<Ramp> ramp) {}

    /**
     * Most that are let out in a time.
     *
     * @param limit at least 1
     * @param window more than zero
     */
    public record Ramp(int limit, Duration window) {}

    /**
     * Scans between complete ones.
     *
     * @param changed the column that rises whenever a row changes
     * @param completeEvery how often everything is looked at all the same
     */
    public record Incremental(String changed, Duration completeEvery) {}
}
