package dev.sluice.server.config;

import dev.sluice.DurationText;
import dev.sluice.OnReset;
import dev.sluice.server.config.Kind.Shape;
import dev.sluice.server.config.Kind.WrongValue;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The kinds of value that only one option has. */
final class Kinds {
    private static final String SQLITE = "sqlite";

    private Kinds() {}

    static Kind<StoreUrl> store() {
        String noun = "a store: "
                + Stream.concat(Stream.of("sqlite:PATH", "memory:"), servers(scheme -> true))
                        .collect(Collectors.joining(", "));
        return url(noun, "sqlite:./data/sluice.db");
    }

    /** As a store, but one that messages can live in. */
    static Kind<StoreUrl> database() {
        String noun = "a database: "
                + Stream.concat(Stream.of("sqlite:PATH"), servers(StoreUrl.Scheme::isSql))
                        .collect(Collectors.joining(", "));
        Kind<StoreUrl> any = url(noun, "sqlite:./data/sluice.db");
        return new Kind<>(noun, any.example(), Shape.TEXT, false, item -> {
            StoreUrl url = any.read(item);
            if (!url.isDatabase() || url instanceof StoreUrl.Memory) {
                throw new WrongValue(item, "cannot hold messages; name SQLite, PostgreSQL or MariaDB");
            }
            return url;
        });
    }

    /** Only what announces. */
    static Kind<StoreUrl> redis() {
        String noun = "a Redis: " + servers(scheme -> !scheme.isSql()).collect(Collectors.joining(", "));
        Kind<StoreUrl> any = url(noun, "redis://127.0.0.1:6379");
        return new Kind<>(noun, any.example(), Shape.TEXT, false, item -> {
            StoreUrl url = any.read(item);
            if (url.isDatabase()) {
                throw new WrongValue(item, "announces nothing; name a Redis or Valkey");
            }
            return url;
        });
    }

    private static Stream<String> servers(Predicate<StoreUrl.Scheme> which) {
        return Arrays.stream(StoreUrl.Scheme.values()).filter(which).map(StoreUrl.Scheme::prefix);
    }

    private static Kind<StoreUrl> url(String noun, String example) {
        return new Kind<>(noun, example, Shape.TEXT, false, item -> {
            String text = ((Item.Scalar) item).text();
            String scheme = text.substring(0, Math.max(0, text.indexOf(':')));
            String path = text.substring(Math.min(text.length(), scheme.length() + 1));
            Optional<StoreUrl.Scheme> shared = Arrays.stream(StoreUrl.Scheme.values())
                    .filter(each -> each.word().equals(scheme))
                    .findFirst();
            if (shared.isPresent()) {
                return SharedUrl.read(shared.get(), text, item);
            } else if (text.equals("memory") || text.equals("memory:")) {
                return new StoreUrl.Memory();
            } else if (scheme.equals(SQLITE)
                    && !path.isBlank()
                    && !path.startsWith("//")
                    && !path.contains(":memory:")) {
                return sqlite(item, path);
            }
            throw new WrongValue(item, "is not " + noun.substring(0, noun.indexOf(':')));
        });
    }

    private static StoreUrl sqlite(Item item, String path) throws WrongValue {
        try {
            return new StoreUrl.Sqlite(Path.of(path));
        } catch (IllegalArgumentException e) {
            throw new WrongValue(item, "names no file");
        }
    }

    static Kind<Path> path() {
        return Kind.scalar("a file", "/etc/sluice/redis.pem", text -> Optional.of(Path.of(text)));
    }

    /** What keys begin with: nothing that a script, a pattern or a hash tag would read in its own way. */
    static Kind<String> prefix() {
        return Kind.scalar(
                "a prefix: 1 to 64 of A-Z a-z 0-9 . _ : -",
                "sluice",
                text -> Optional.of(text).filter(it -> it.matches("[A-Za-z0-9._:-]{1,64}")));
    }

    /** 0 for {@code off}. */
    static Kind<Integer> countOrOff(int least, int most) {
        Kind<Integer> count = Kind.integer(least, most);
        return new Kind<>(
                count.noun() + ", or off",
                count.example(),
                Shape.TEXT,
                false,
                item -> ((Item.Scalar) item).text().equals("off") ? Integer.valueOf(0) : count.read(item));
    }

    static Kind<OnReset> onReset() {
        String noun = "rearm, ignore or {after: D}";
        return new Kind<>(noun, "{after: 60s}", Shape.EITHER, false, item -> {
            if (item instanceof Item.Mapping mapping) {
                Optional<Item> after = Optional.ofNullable(mapping.entries().get("after"));
                if (after.isEmpty() || mapping.entries().size() > 1) {
                    throw new WrongValue(item, "is not " + noun);
                }
                return OnReset.after(Kind.length("1ms", DurationText.format(dev.sluice.Micros.LONGEST))
                        .read(after.get()));
            }
            return switch (((Item.Scalar) item).text()) {
                case "rearm" -> OnReset.REARM;
                case "ignore" -> OnReset.IGNORE;
                default -> throw new WrongValue(item, "is not " + noun);
            };
        });
    }
}
