package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ContentHashTest {
    private static List<Optional<String>> part(String... values) {
        List<Optional<String>> part = new ArrayList<>();
        for (String value : values) {
            part.add(value.equals("NULL") ? Optional.empty() : Optional.of(value));
        }
        return part;
    }

    @Test
    @DisplayName("the same items are the same content in whatever order they come")
    void orderDoesNotMatter() {
        assertThat(ContentHash.of(List.of(part("7", "2"), part("8", "1"))))
                .isEqualTo(ContentHash.of(List.of(part("8", "1"), part("7", "2"))))
                .matches("1\\.[0-9a-f]{32}");
    }

    @Test
    @DisplayName("the form is kept: a name that was given once is given for ever")
    void theFormIsKept() {
        assertThat(ContentHash.of(List.of(part("7", "2"), part("8", "1"))))
                .isEqualTo("1." + sha("1:71:2;1:81:1;").substring(0, 32));
    }

    private static String sha(String text) {
        return java.util.HexFormat.of().formatHex(Ids.sha256(text));
    }

    @Test
    @DisplayName("another quantity, a second row, a missing value or a moved boundary are other content")
    void whatDiffersDiffers() {
        assertThat(List.of(
                        ContentHash.of(List.of(part("7", "2"))),
                        ContentHash.of(List.of(part("7", "3"))),
                        ContentHash.of(List.of(part("7", "2"), part("7", "2"))),
                        ContentHash.of(List.of(part("72", ""))),
                        ContentHash.of(List.of(part("72", "NULL"))),
                        ContentHash.of(List.of(part("7"), part("2"))),
                        ContentHash.of(List.of())))
                .doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("1,000 random contents have one name each, however they are shuffled")
    void randomContents() {
        Random random = new Random(42);
        Map<String, List<List<Optional<String>>>> names = new HashMap<>();
        for (int i = 0; i < 1_000; i++) {
            List<List<Optional<String>>> parts = new ArrayList<>();
            for (int row = random.nextInt(4); row >= 0; row--) {
                parts.add(part(Integer.toString(random.nextInt(30)), Integer.toString(random.nextInt(30))));
            }
            List<List<Optional<String>>> shuffled = new ArrayList<>(parts);
            Collections.shuffle(shuffled, random);
            assertThat(ContentHash.of(shuffled)).isEqualTo(ContentHash.of(parts));
            List<List<Optional<String>>> sorted = new ArrayList<>(parts);
            sorted.sort(java.util.Comparator.comparing(Object::toString));
            assertThat(names.computeIfAbsent(ContentHash.of(parts), name -> sorted))
                    .isEqualTo(sorted);
        }
    }
}
