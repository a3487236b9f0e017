package dev.sluice.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents name is there. */
class DocumentsTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern TEST = Pattern.compile("\\b[A-Z][A-Za-z0-9]+(?:Test|Contract)\\b");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s:]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

    @Test
    void everyTestThatADocumentNamesExists() throws IOException {
        Set<String> known = classes();
        for (Path document : documents()) {
            Set<String> named = found(TEST, Files.readString(document));
            named.removeAll(known);
            assertThat(named).as("tests that %s names and nobody has", document).isEmpty();
        }
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        List<String> dead = new ArrayList<>();
        for (Path document : documents()) {
            for (String link : links(Files.readString(document))) {
                if (!leadsSomewhere(document, link)) {
                    dead.add(document + ": " + link);
                }
            }
        }
        assertThat(dead).isEmpty();
    }

    private static boolean leadsSomewhere(Path document, String link) throws IOException {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]);
        return Files.exists(target)
                && (parts.length == 1 || anchors(Files.readString(target)).contains(parts[1]));
    }

    private static Set<String> links(String text) {
        return LINK.matcher(text).results().map(link -> link.group(1)).collect(Collectors.toSet());
    }

    /** As the usual renderers make them of headings. */
    private static Set<String> anchors(String text) {
        return HEADING.matcher(text)
                .results()
                .map(heading -> heading.group(1).strip().toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private static Set<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(each -> each.group()).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"));
                Stream<Path> top = Files.list(ROOT)) {
            return Stream.concat(docs, top)
                    .filter(each -> each.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    /** The classes of all modules, those for tests included. */
    private static Set<String> classes() throws IOException {
        try (Stream<Path> files = Files.find(
                ROOT,
                20,
                (path, about) -> about.isRegularFile() && path.toString().endsWith(".java"))) {
            return files.map(each -> each.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet());
        }
    }
}
