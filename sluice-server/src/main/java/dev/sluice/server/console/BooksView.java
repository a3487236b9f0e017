package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.attr;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.Books;
import dev.sluice.Bucket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Shows the books: where every occurrence went. */
final class BooksView {
    private static final List<Share> SHARES = List.of(
            new Share("delivered", Bucket.DELIVERED, Bucket.ASSUMED),
            new Share("pending", Bucket.PENDING),
            new Share("reported", Bucket.REPORTED),
            new Share("held", Bucket.HELD, Bucket.OWED),
            new Share("kept", Bucket.KEPT, Bucket.WITHDRAWN),
            new Share("dead", Bucket.DEAD));

    private BooksView() {}

    /** Buckets that are shown in one colour. */
    private record Share(String name, List<Bucket> buckets) {
        Share(String name, Bucket... buckets) {
            this(name, List.of(buckets));
        }

        long of(Books books) {
            return buckets.stream().mapToLong(books::get).sum();
        }
    }

    /** One bar whose parts are as long as their share. */
    static Html bar(Books books) {
        long in = Math.max(books.get(Bucket.IN), 1);
        List<Html> parts = new ArrayList<>();
        StringBuilder words = new StringBuilder();
        double x = 0;
        for (Share share : SHARES) {
            long count = share.of(books);
            if (count > 0) {
                double width = 100.0 * count / in;
                parts.add(el(
                        "rect",
                        cls("part " + share.name),
                        attr("x", decimal(x)),
                        attr("y", "0"),
                        attr("width", decimal(width)),
                        attr("height", "8")));
                x += width;
                words.append(words.isEmpty() ? "" : ", ")
                        .append(count)
                        .append(' ')
                        .append(share.name);
            }
        }
        return el(
                "svg",
                cls("bar"),
                attr("viewBox", "0 0 100 8"),
                attr("preserveAspectRatio", "none"),
                attr("role", "img"),
                attr("aria-label", words.isEmpty() ? "nothing yet" : words.toString()),
                el("title", text(words.isEmpty() ? "nothing yet" : words.toString())),
                all(parts));
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    /** The counts as tiles, those that matter first. */
    static Html tiles(Books books) {
        List<Html> tiles = new ArrayList<>();
        tiles.add(tile("in", "Occurrences", books.get(Bucket.IN), "all that were acknowledged"));
        tiles.add(tile("delivered", "Delivered", books.get(Bucket.DELIVERED) + books.get(Bucket.ASSUMED), "went out"));
        tiles.add(tile("pending", "Pending", books.get(Bucket.PENDING), "passed, not settled yet"));
        tiles.add(tile("held", "Held", books.get(Bucket.HELD) + books.get(Bucket.OWED), "counted, to be told"));
        tiles.add(tile("reported", "Reported", books.get(Bucket.REPORTED), "held, and told in a digest"));
        long rest = books.get(Bucket.KEPT) + books.get(Bucket.WITHDRAWN);
        tiles.add(tile("kept", "Kept, withdrawn", rest, "counted, told to nobody"));
        tiles.add(tile("dead", "Dead", books.get(Bucket.DEAD), "given up after all attempts"));
        return el("dl", cls("tiles"), all(tiles));
    }

    private static Html tile(String tone, String name, long count, String meaning) {
        return el(
                "div",
                cls("tile " + tone + (count == 0 ? " zero" : "")),
                el("dt", text(name)),
                el("dd", Html.number(count)),
                el("p", cls("quiet"), text(meaning)));
    }

    /** Leads to what was given up; nothing if nothing was. */
    static Html deadLetters(Books books) {
        long dead = books.get(Bucket.DEAD);
        return dead == 0
                ? Html.nothing()
                : el(
                        "p",
                        cls("notice bad"),
                        Html.number(dead),
                        text(dead == 1 ? " occurrence was given up. " : " occurrences were given up. "),
                        Bits.link("/dead", "Look at the dead letters"));
    }

    /** An alarm if occurrences are in no bucket; nothing else. */
    static Html alarm(Books books) {
        if (books.unaccounted() == 0) {
            return Html.nothing();
        }
        return el(
                "p",
                cls("alarm"),
                attr("role", "alert"),
                text(books.unaccounted()
                        + " occurrences are in no bucket. If this stays for longer than a lease, it is a"
                        + " fault of the product: please report it with the ledger of this flow."));
    }
}
