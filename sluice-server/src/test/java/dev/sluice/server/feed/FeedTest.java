package dev.sluice.server.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** From a source to a receiver, and what is said meanwhile. */
class FeedTest {
    private final StringWriter said = new StringWriter();
    private final AtomicLong nanos = new AtomicLong();
    private final List<List<Item.Occurrence>> batches = new ArrayList<>();

    @Test
    void everyLineIsDecidedOnceAndInOrder() throws IOException, FeedException {
        Feed feed = feed(lines(1_050), this::passed, quiet());

        feed.run();

        assertThat(batches).allSatisfy(batch -> assertThat(batch).hasSizeLessThanOrEqualTo(200));
        assertThat(batches.stream().flatMap(List::stream).map(Item.Occurrence::line))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 1_050).mapToObj(Long::valueOf).toList());
        assertThat(feed.totals().occurrences()).isEqualTo(1_050);
    }

    @Test
    void longLinesMakeSmallBatches() throws IOException, FeedException {
        feed(("x".repeat(30_000) + "\n").repeat(5), this::passed, quiet()).run();

        assertThat(batches).extracting(List::size).containsExactly(2, 2, 1);
    }

    @Test
    void countsAreTold() throws IOException, FeedException {
        List<Answer> answers = List.of(
                new Answer.Passed("a"),
                new Answer.Held("a"),
                new Answer.Summarised("a"),
                new Answer.Passed("b"),
                new Answer.Unknown("c"),
                new Answer.Refused("severity is too long"),
                new Answer.Unsent("the server could not answer"));
        Feed feed = feed(lines(7), batch -> answers, quiet());

        feed.run();

        assertThat(feed.totals().table()).isEqualToIgnoringNewLines("""
                occurrences             5
                subjects                2
                delivered               3
                held                    1
                unknown                 1
                bad lines               1
                not sent                1
                """);
        assertThat(feed.totals().allSent()).isFalse();
        assertThat(said.toString().lines())
                .containsExactly("line 6: severity is too long", "line 7: not sent: the server could not answer");
    }

    @Test
    void whatWasCountedBeforeAStopIsKept() {
        Receiver once = batch -> {
            if (!batches.isEmpty()) {
                throw new FeedException("No server answers");
            }
            return passed(batch);
        };
        Feed feed = feed(lines(300), once, quiet());

        assertThatThrownBy(feed::run).isInstanceOf(FeedException.class).hasMessage("No server answers");
        assertThat(feed.totals().occurrences()).isEqualTo(200);
    }

    @Test
    void onATerminalThereIsABar() throws IOException, FeedException {
        AtomicLong read = new AtomicLong();
        PrintWriter out = new PrintWriter(said);
        Progress progress = new Progress(out, true, OptionalLong.of(1_000), read::get, nanos::get);
        Receiver receiver = batch -> {
            nanos.addAndGet(60_000_000);
            read.addAndGet(250);
            return passed(batch);
        };

        feed(lines(600), receiver, progress).run();
        progress.end();

        assertThat(said.toString().split("\r\u001b\\[K"))
                .containsExactly(
                        "",
                        "[#######                       ] 25 %  200 occurrences, 3,333/s",
                        "[######################        ] 75 %  600 occurrences, 3,333/s");
    }

    @Test
    void withoutTerminalOnlyTheFirstTroublesAreTold() throws IOException, FeedException {
        Progress progress = quiet();

        feed(
                        lines(300),
                        batch -> batch.stream()
                                .map(one -> (Answer) new Answer.Refused("no"))
                                .toList(),
                        progress)
                .run();
        progress.end();

        assertThat(said.toString().lines())
                .hasSize(21)
                .startsWith("line 1: no")
                .endsWith("... and 280 more lines like these");
        assertThat(said.toString()).doesNotContain("\r", "\u001b");
    }

    private List<Answer> passed(List<Item.Occurrence> batch) {
        batches.add(batch);
        return batch.stream().map(one -> (Answer) new Answer.Passed("k")).toList();
    }

    private Progress quiet() {
        return new Progress(new PrintWriter(said), false, OptionalLong.empty(), () -> 0, nanos::get);
    }

    private static Feed feed(String text, Receiver receiver, Feed.Watcher watcher) {
        return new Feed(new PlainSource(new LineReader(new StringReader(text))), receiver, watcher);
    }

    private static String lines(int count) {
        return IntStream.range(0, count).mapToObj(i -> "line " + i).collect(Collectors.joining("\n"));
    }
}
