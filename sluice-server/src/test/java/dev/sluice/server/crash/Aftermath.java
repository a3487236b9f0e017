package dev.sluice.server.crash;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.server.crash.Finding.Promise;
import dev.sluice.server.crash.Journal.Answer;
import dev.sluice.server.crash.Journal.Asked;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Looks at the server after the load, as an operator would, and tries every key once more. */
final class Aftermath {
    private static final Duration REST_PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration MARGIN = Duration.ofMillis(300);
    private static final Pattern COMPLETED =
            Pattern.compile("(?:^|, )claim \\d+ .*(?:is delivered|assumed delivered|late, and counts)$");
    private static final Pattern OVERSHOOT = Pattern.compile("(\\d+) more went out than the rule allows$");
    /** What a server that decided by itself has still to tell the store of keys, or that it still does so. */
    private static final Pattern OWING =
            Pattern.compile("(?m)^sluice_(?:outage_owed|denials_owed|posts|degraded) (?!0(?:\\.0)?$).*$");

    private static final List<String> OPEN_BUCKETS = List.of("pending", "held", "owed");

    private final Api api;
    private final List<Api> servers;
    private final Journal journal;
    private final List<Flow> flows;
    private final Declared declared;
    /** Numbers of markers; above all that the load uses. */
    private final AtomicLong probes = new AtomicLong(1L << 40);

    /**
     * @param api whichever server answers
     * @param servers each of them
     */
    Aftermath(Api api, List<Api> servers, Journal journal, Declared declared) {
        this.api = api;
        this.servers = servers;
        this.journal = journal;
        this.flows = Scene.FLOWS;
        this.declared = declared;
    }

    /** Waits until every window is closed, every digest told and every message settled; what is not is noted. */
    void awaitRest() {
        try {
            Awaitility.await().atMost(REST_PATIENCE).pollInterval(LOOK).until(() -> open().isEmpty());
        } catch (ConditionTimeoutException e) {
            journal.broken(Promise.NEVER_STUCK, "not at rest after " + REST_PATIENCE + ": " + open());
        }
    }

    /** What is not at rest, in words. */
    private List<String> open() {
        List<String> open = new ArrayList<>();
        for (JsonNode flow : get("/v1/flows").path("flows")) {
            // Where nobody is told, a claim that was abandoned is looked at when the next occurrence comes.
            if (flow.path("channels").isEmpty()) {
                continue;
            }
            for (String bucket : OPEN_BUCKETS) {
                long count = flow.path("books").path(bucket).asLong();
                if (count != 0) {
                    open.add(flow.path("name").asText() + " has " + count + " " + bucket);
                }
            }
        }
        servers.forEach(each -> OWING.matcher(get(each, "/metrics").body())
                .results()
                .map(MatchResult::group)
                .forEach(open::add));
        if (open.isEmpty()) {
            messages().stream().filter(Stored::open).map(Stored::toString).forEach(open::add);
        }
        return open;
    }

    /** In a new window every key passes exactly as often as its rule says: no slot is stuck, and none too many. */
    void tryEveryKey() {
        Victim.rest(Scene.LONGEST.plus(MARGIN));
        for (Flow flow : flows) {
            for (String subject : flow.allSubjects()) {
                tryKey(flow, subject);
            }
        }
    }

    private void tryKey(Flow flow, String subject) {
        List<Answer> answers = answers(flow, subject, flow.limit() + 1);
        long passed = answers.stream().filter(Answer::passes).count();
        if (passed != flow.limit()) {
            Promise broken = passed > flow.limit() ? Promise.CAP : Promise.NEVER_STUCK;
            journal.broken(
                    broken,
                    "in a new window, %d of %d passed for %s of %s, which allows %d: %s"
                            .formatted(passed, flow.limit() + 1, subject, flow.name(), flow.limit(), answers));
        }
    }

    /** Posts so many at once; what was not decided may have counted, and is not asked again. */
    private List<Answer> answers(Flow flow, String subject, int count) {
        List<Asked> probes =
                IntStream.range(0, count).mapToObj(i -> probe(flow, subject)).toList();
        probes.forEach(journal::asks);
        String body = probes.stream().map(each -> Load.body(each, true) + "\n").collect(Collectors.joining());
        try (Stream<String> lines = api.postLines(Load.path(flow.name()), body)) {
            List<Answer> answers =
                    lines.map(line -> Load.answer(Api.json(line))).toList();
            for (int i = 0; i < answers.size(); i++) {
                if (answers.get(i).decided()) {
                    journal.answered(probes.get(i), answers.get(i));
                }
            }
            return answers;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Asked probe(Flow flow, String subject) {
        String marker = "mk" + probes.incrementAndGet() + "x";
        return new Asked(marker, flow.name(), subject, Optional.of("probe-" + marker));
    }

    /** All messages that the server still shows. */
    List<Stored> messages() {
        return pages("/v1/messages?limit=1000", "messages").stream()
                .map(Stored::of)
                .toList();
    }

    /** What the server says came in is what was acknowledged, and all of it is accounted for. */
    void checkBooks() {
        for (JsonNode json : get("/v1/flows").path("flows")) {
            String name = json.path("name").asText();
            JsonNode books = json.path("books");
            if (books.path("unaccounted").asLong() != 0
                    || books.path("unaccounted").isMissingNode()) {
                journal.broken(Promise.BOOKS, name, "the books of " + name + " do not close: " + books);
            }
            if (flows.stream().anyMatch(flow -> flow.name().equals(name))) {
                checkIn(name, books.path("in").asLong());
            }
        }
    }

    private void checkIn(String flow, long in) {
        List<Asked> asked = journal.asked().values().stream()
                .filter(each -> each.flow().equals(flow))
                .toList();
        long answered = asked.stream()
                .filter(each -> journal.answers().containsKey(each.marker()))
                .count();
        long lost = declared.lost(journal, each -> each.flow().equals(flow));
        long again = declared.again(journal, each -> each.flow().equals(flow));
        if (in > asked.size() && in <= asked.size() + again) {
            journal.declared(
                    "%s: %d counted again, of %d that were repeated without an answer or held by a process alone"
                            .formatted(flow, in - asked.size(), again));
        }
        if (in < answered - lost || in > asked.size() + again) {
            journal.broken(
                    Promise.BOOKS,
                    flow,
                    "the books of %s say that %d came in; %d were acknowledged, %d asked, %d may count again"
                            .formatted(flow, in, answered, asked.size(), again));
        }
    }

    /** By the server's own record of what was completed when, no window of any key saw more than its limit. */
    void checkLedger() {
        for (Flow flow : flows) {
            entries(flow).forEach((key, entries) -> checkKey(flow, key, entries));
        }
    }

    /**
     * What was completed too late and found no room is more than the limit by declaration, and the server says so. Where
     * keys lie apart a row is written after the step that it tells of, so what two windows saw may stand in one.
     */
    private void checkKey(Flow flow, String key, List<Entry> entries) {
        List<Instant> completions = entries.stream()
                .filter(each -> COMPLETED.matcher(each.detail()).find())
                .map(Entry::at)
                .toList();
        long across = declared.apart() ? flow.limit() : 0;
        for (Windows.Window window : Windows.of(completions, flow.window())) {
            long over = overshoot(entries, window);
            long most = flow.limit() + over + across + declared.more(journal, flow, window.from(), window.to());
            if (window.completions() > most) {
                journal.broken(
                        Promise.CAP,
                        flow.name(),
                        "by the ledger, %s went out %d times in the window from %s; %d more declared: %s"
                                .formatted(key, window.completions(), window.from(), over, entries));
            }
        }
    }

    /** How many more than its rule allows the server says that a window saw. */
    private static long overshoot(List<Entry> entries, Windows.Window window) {
        return entries.stream()
                .filter(each -> window.holds(each.at()))
                .map(each -> OVERSHOOT.matcher(each.detail()))
                .filter(Matcher::find)
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
    }

    private record Entry(Instant at, String detail) {}

    /** Of each key, in the order in which they were written. */
    private Map<String, List<Entry>> entries(Flow flow) {
        Map<String, List<Entry>> entries = new TreeMap<>();
        for (JsonNode entry : pages("/v1/ledger?flow=" + flow.name() + "&limit=1000", "entries")) {
            entries.computeIfAbsent(entry.path("key").asText(), key -> new ArrayList<>())
                    .add(
                            0,
                            new Entry(
                                    Instant.parse(entry.path("at").asText()),
                                    entry.path("detail").asText()));
        }
        return entries;
    }

    /** All rows behind a path that answers in pages. */
    private List<JsonNode> pages(String path, String rows) {
        List<JsonNode> all = new ArrayList<>();
        JsonNode page = get(path);
        page.path(rows).forEach(all::add);
        while (page.has("next")) {
            page = get(path + "&before=" + page.path("next").asLong());
            page.path(rows).forEach(all::add);
        }
        return all;
    }

    private JsonNode get(String path) {
        return get(api, path).json();
    }

    private static Api.Reply get(Api api, String path) {
        try {
            Api.Reply reply = api.get(path);
            if (reply.status() != 200) {
                throw new IllegalStateException(path + " was answered by " + reply);
            }
            return reply;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
