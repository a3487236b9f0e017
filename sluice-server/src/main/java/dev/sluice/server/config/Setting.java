package dev.sluice.server.config;

import dev.sluice.server.config.Entry.Form;
import dev.sluice.server.config.Entry.Option;
import dev.sluice.server.config.Entry.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A value that somebody wrote, fit to be shown.
 *
 * @param path such as {@code flows.errors.allow}
 * @param value as it was written; {@code ***} for a secret
 * @param from the file and line, the variable or the option that says it
 */
public record Setting(String path, String value, String from) {
    private static final String HIDDEN = "***";

    /** All that is written in a sound tree, in the order of the tables. */
    static List<Setting> of(Item.Mapping tree) {
        List<Setting> settings = new ArrayList<>();
        collect(Options.ROOT, tree, "", settings);
        return List.copyOf(settings);
    }

    private static void collect(Table table, Item.Mapping map, String path, List<Setting> settings) {
        for (Entry entry : table.entries()) {
            Optional<Item> item = Optional.ofNullable(map.entries().get(entry.name()));
            String at = path.isEmpty() ? entry.name() : path + "." + entry.name();
            if (item.isPresent() && entry instanceof Option<?> option) {
                add(option, item.get(), at, settings);
            } else if (item.isPresent() && entry instanceof Part part) {
                collect(part, item.get(), at, settings);
            }
        }
    }

    private static void add(Option<?> option, Item item, String path, List<Setting> settings) {
        if (!item.place().source().equals(ConfigReader.STANDARD_SOURCE)) {
            String value = option.kind().secret() ? HIDDEN : shown(option, item);
            settings.add(new Setting(path, value, item.place().toString()));
        }
    }

    /** Of a store what its own text shows, here as everywhere. */
    private static String shown(Option<?> option, Item item) {
        try {
            return option.kind().read(item) instanceof StoreUrl url ? url.toString() : shown(item);
        } catch (Kind.WrongValue e) {
            return shown(item);
        }
    }

    private static void collect(Part part, Item item, String path, List<Setting> settings) {
        if (item instanceof Item.Listing listing) {
            for (int i = 0; i < listing.items().size(); i++) {
                inner(part, listing.items().get(i), path + "[" + i + "]", settings);
            }
        } else if (item instanceof Item.Mapping map && part.form() == Form.NAMED) {
            map.entries().forEach((name, each) -> inner(part, each, path + "." + name, settings));
        } else {
            inner(part, item, path, settings);
        }
    }

    /** Of several tables, the one that knows all the names that are there. */
    private static void inner(Part part, Item item, String path, List<Setting> settings) {
        if (item instanceof Item.Mapping map) {
            part.tables().stream()
                    .filter(table -> table.names().containsAll(map.entries().keySet()))
                    .findFirst()
                    .ifPresent(table -> collect(table, map, path, settings));
        }
    }

    private static String shown(Item item) {
        if (item instanceof Item.Listing listing) {
            return listing.items().stream().map(Setting::shown).collect(Collectors.joining(", ", "[", "]"));
        } else if (item instanceof Item.Mapping map) {
            return map.entries().entrySet().stream().map(Setting::shown).collect(Collectors.joining(", ", "{", "}"));
        }
        return item instanceof Item.Scalar scalar ? Section.masked(scalar.shown()) : "";
    }

    private static String shown(Map.Entry<String, Item> entry) {
        return entry.getKey() + ": " + shown(entry.getValue());
    }
}
