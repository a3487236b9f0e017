package dev.sluice.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineSplitterTest {
    private static final int LIMIT = 10;

    private final List<String> found = new ArrayList<>();
    private final LineSplitter splitter = new LineSplitter(LIMIT, lines());

    @Test
    void linesAreTheSameHoweverTheBytesArrive() {
        String text = "one\n\n  \r\n" + "x".repeat(11) + "\n" + "y".repeat(10) + "\r\nl\u00e4st";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        List<String> wanted = List.of("1:one", "4!", "5!", "6:l\u00e4st");
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            found.clear();
            LineSplitter splits = new LineSplitter(LIMIT, lines());
            for (int at = 0; at < bytes.length; ) {
                int length = Math.min(1 + random.nextInt(6), bytes.length - at);
                splits.feed(Buffer.buffer(java.util.Arrays.copyOfRange(bytes, at, at + length)));
                at += length;
            }
            splits.finish();
            assertThat(found).isEqualTo(wanted);
        }
    }

    private LineSplitter.Lines lines() {
        return new LineSplitter.Lines() {
            @Override
            public void line(long number, byte[] bytes) {
                found.add(number + ":" + new String(bytes, StandardCharsets.UTF_8));
            }

            @Override
            public void tooLong(long number) {
                found.add(number + "!");
            }
        };
    }

    @Test
    void aLineOfExactlyTheLimitIsTaken() {
        splitter.feed(Buffer.buffer("0123456789\n0123456789a\n"));
        splitter.finish();
        assertThat(found).containsExactly("1:0123456789", "2!");
    }
}
