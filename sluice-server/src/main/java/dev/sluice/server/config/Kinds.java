package dev.sluice.server.config;

import dev.sluice.DurationText;
import dev.sluice.OnReset;
import dev.sluice.server.config.Kind.Shape;
import dev.sluice.server.config.Kind.WrongValue;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** The kinds of value that only one option has. */
final class Kinds {
    private static final String SQLITE = "sqlite";
    private static final Set<String> LATER_STORES =
            Set.of("postgresql", "mariadb", "redis", "rediss", "redis-cluster", "valkey");

    private Kinds() {}

    static Kind<StoreUrl> store() {
        String noun = "a store: sqlite:PATH or memory";
        return new Kind<>(noun, "sqlite:./data/sluice.db", Shape.TEXT, false, item -> {
            String text = ((Item.Scalar) item).text();
            String scheme = text.substring(0, Math.max(0, text.indexOf(':')));
            String path = text.substring(Math.min(text.length(), scheme.length() + 1));
            if (LATER_STORES.contains(scheme)) {
                throw new WrongValue(item, "is a store that is not in this version");
            } else if (text.equals("memory") || text.equals("memory:")) {
                return new StoreUrl.Memory();
            } else if (scheme.equals(SQLITE)
                    && !path.isBlank()
                    && !path.startsWith("//")
                    && !path.contains(":memory:")) {
                return sqlite(item, path);
            }
            throw new WrongValue(item, "is not " + noun);
        });
    }

    private static StoreUrl sqlite(Item item, String path) throws WrongValue {
        try {
            return new StoreUrl.Sqlite(Path.of(path));
        } catch (IllegalArgumentException e) {
            throw new WrongValue(item, "names no file");
        }
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
