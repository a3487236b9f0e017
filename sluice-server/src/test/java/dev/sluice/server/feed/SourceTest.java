package dev.sluice.server.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From files to occurrences. */
class SourceTest {
    private static final Mapping NONE = new Mapping(Map.of());

    @Test
    void plainLinesAreMessages() throws IOException {
        assertThat(items(Format.LINES, NONE, "one \"1\"\r\n\n  \ntwo"))
                .containsExactly(
                        new Item.Occurrence(1, "{\"message\":\"one \\\"1\\\"\",\"fields\":{}}"),
                        new Item.Occurrence(4, "{\"message\":\"two\",\"fields\":{}}"));
    }

    @Test
    void jsonLinesAreTakenAsTheyAre() throws IOException {
        assertThat(items(Format.NDJSON, NONE, "{\"subject\": \"a\", \"n\": 1.10}\n[1]\n{\"a\":\n{\"b\":1} x\n{}"))
                .satisfiesExactly(
                        first -> assertThat(first)
                                .isEqualTo(new Item.Occurrence(1, "{\"subject\": \"a\", \"n\": 1.10}")),
                        second -> assertThat(second).isEqualTo(new Item.Bad(2, "not a JSON object")),
                        third -> assertThat(third).isInstanceOf(Item.Bad.class),
                        fourth -> assertThat(fourth).isInstanceOf(Item.Bad.class),
                        fifth -> assertThat(fifth).isEqualTo(new Item.Occurrence(5, "{}")));
    }

    @Test
    void jsonLinesCanBeMapped() throws IOException {
        Mapping mapping = mapping("message", "msg", "processor", "logger");

        assertThat(items(
                        Format.NDJSON,
                        mapping,
                        "{\"msg\":\"m\",\"logger\":\"l\",\"n\":1,\"o\":{\"p\":null}}\n{\"n\":2}"))
                .containsExactly(
                        new Item.Occurrence(
                                1,
                                "{\"message\":\"m\",\"fields\":{\"processor\":\"l\"},"
                                        + "\"data\":{\"n\":\"1\",\"o\":\"{\\\"p\\\":null}\"}}"),
                        new Item.Occurrence(2, "{\"fields\":{},\"data\":{\"n\":\"2\"}}"));
    }

    @Test
    void csvColumnsAreMappedAndTheOthersKept() throws IOException {
        Mapping mapping = mapping("message", "Content", "processor", "Component", "severity", "Level");

        assertThat(items(
                        Format.CSV,
                        mapping,
                        "LineId,Level,Component,Content\n1,INFO,kernel,\"a \"\"b\"\", c\"\n2,,x,y\n"))
                .containsExactly(
                        new Item.Occurrence(
                                2,
                                "{\"message\":\"a \\\"b\\\", c\",\"severity\":\"INFO\","
                                        + "\"fields\":{\"processor\":\"kernel\"},\"data\":{\"LineId\":\"1\"}}"),
                        new Item.Occurrence(
                                3, "{\"message\":\"y\",\"fields\":{\"processor\":\"x\"},\"data\":{\"LineId\":\"2\"}}"));
    }

    @Test
    void withoutMappingColumnsSpeakForThemselves() throws IOException {
        assertThat(items(Format.CSV, NONE, "\uFEFFMessage,Processor\nm,p\n"))
                .containsExactly(new Item.Occurrence(2, "{\"message\":\"m\",\"fields\":{\"processor\":\"p\"}}"));
        assertThat(items(Format.CSV, NONE, "subject,processor\ns,p\n"))
                .as("a subject and what it would be made of exclude each other")
                .containsExactly(new Item.Occurrence(2, "{\"subject\":\"s\",\"data\":{\"processor\":\"p\"}}"));
    }

    @Test
    void aQuotedValueMayHoldLineEnds() throws IOException {
        assertThat(items(Format.CSV, NONE, "message,id\n\"a\r\nb\n\n\"\"c\"\"\",1\nd,2"))
                .containsExactly(
                        new Item.Occurrence(2, "{\"message\":\"a\\nb\\n\\n\\\"c\\\"\",\"id\":\"1\",\"fields\":{}}"),
                        new Item.Occurrence(6, "{\"message\":\"d\",\"id\":\"2\",\"fields\":{}}"));
    }

    @Test
    void badRowsAreToldWithTheirLineAndCostNothingElse() throws IOException {
        String csv = "message,id\n\"never closed,1\ngood,2\n\"x\"y,3\nshort\na,b,c\n5\" pipe,6\n";

        List<Item> items = items(Format.CSV, NONE, csv);

        assertThat(items).extracting(Item::line).containsExactly(2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(items.get(0)).isInstanceOf(Item.Bad.class);
        assertThat(items.get(1)).isInstanceOf(Item.Occurrence.class);
        assertThat(items.get(2)).isInstanceOfSatisfying(Item.Bad.class, bad -> {
            assertThat(bad.line()).isEqualTo(4);
            assertThat(bad.why()).startsWith("not comma-separated values: ");
        });
        assertThat(items.get(3)).isEqualTo(new Item.Bad(5, "1 values where the header names 2"));
        assertThat(items.get(4)).isEqualTo(new Item.Bad(6, "3 values where the header names 2"));
        assertThat(items.get(5))
                .isEqualTo(new Item.Occurrence(7, "{\"message\":\"5\\\" pipe\",\"id\":\"6\",\"fields\":{}}"));
    }

    @Test
    void aQuoteThatIsNeverClosedDoesNotSwallowALongFile() throws IOException {
        String csv = "message,id\n\"open,1\n" + "fine,2\n".repeat(5_000);

        List<Item> items = items(Format.CSV, NONE, csv);

        assertThat(items).hasSize(5_001);
        assertThat(items)
                .filteredOn(Item.Bad.class::isInstance)
                .containsExactly(new Item.Bad(2, "a quote is opened and not closed"));
    }

    @Test
    void aHeaderThatDoesNotFitIsAMistake() {
        assertThatThrownBy(() -> items(Format.CSV, mapping("message", "Text"), "LineId,Content\n1,x"))
                .hasMessage("the header has no column Text; it has LineId, Content");
        assertThatThrownBy(() -> items(Format.CSV, NONE, "a,a\n1,x")).hasMessageContaining("twice");
        assertThatThrownBy(() -> items(Format.LINES, mapping("message", "Text"), "x"))
                .hasMessage("plain lines have no columns to map");
    }

    @Test
    void anEmptyFileHoldsNothing() throws IOException {
        for (Format format : Format.values()) {
            assertThat(items(format, NONE, "")).isEmpty();
            assertThat(items(format, NONE, "\n\n")).isEmpty();
        }
    }

    @Test
    void aLineWithoutEndIsNeverHeld() throws IOException {
        for (Format format : List.of(Format.LINES, Format.NDJSON, Format.CSV)) {
            Source source = format.read(
                    new LineReader(
                            new Endless(format == Format.CSV ? "message\n" : "", 20_000_000, "\n{\"message\":1}\n")),
                    NONE);

            assertThat(source.next())
                    .get()
                    .isInstanceOfSatisfying(
                            Item.Bad.class, bad -> assertThat(bad.why()).isEqualTo("longer than 200000 characters"));
            assertThat(source.next()).get().isInstanceOf(Item.Occurrence.class);
        }
    }

    @ParameterizedTest
    @CsvSource(
            value = {
                "a.csv;{;CSV",
                "A.CSV;x;CSV",
                "a.ndjson;x;NDJSON",
                "a.jsonl;x;NDJSON",
                "-;{\"a\":1};NDJSON",
                "-;a, b;LINES",
                "app.log;[error] no;LINES",
                "-;LineId,Content;CSV",
                "-;LineId,\"Content\";CSV",
                "-;LineId,Text;LINES"
            },
            delimiter = ';',
            quoteCharacter = '`')
    void theFormatIsGuessed(String name, String firstLine, Format format) {
        assertThat(Format.guess(name, firstLine, mapping("message", "Content"))).isEqualTo(format);
    }

    private static Mapping mapping(String... pairs) {
        Map<String, String> columns = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            columns.put(pairs[i], pairs[i + 1]);
        }
        return new Mapping(columns);
    }

    private static List<Item> items(Format format, Mapping mapping, String text) throws IOException {
        Source source = format.read(new LineReader(new StringReader(text)), mapping);
        List<Item> items = new ArrayList<>();
        for (Optional<Item> item = source.next(); item.isPresent(); item = source.next()) {
            items.add(item.get());
        }
        return items;
    }

    /** One line that is far longer than it may be, and then another. */
    private static final class Endless extends Reader {
        private final StringReader before;
        private final StringReader after;
        private long left;

        Endless(String before, long length, String after) {
            this.before = new StringReader(before);
            this.after = new StringReader(after);
            left = length;
        }

        @Override
        public int read(char[] to, int from, int most) throws IOException {
            int read = before.read(to, from, most);
            if (read > 0) {
                return read;
            } else if (left > 0) {
                int now = (int) Math.min(left, most);
                java.util.Arrays.fill(to, from, from + now, 'x');
                left -= now;
                return now;
            }
            return after.read(to, from, most);
        }

        @Override
        public void close() {}
    }
}
