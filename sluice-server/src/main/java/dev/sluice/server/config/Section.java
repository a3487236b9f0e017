package dev.sluice.server.config;

import dev.sluice.Key;
import dev.sluice.server.config.Entry.Option;
import dev.sluice.server.config.Entry.Part;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One map of the configuration, read by its table. What is wrong is collected, and reading goes on. */
final class Section {
    private final Table table;
    private final Item.Mapping map;
    private final String path;
    private final Mistakes mistakes;
    private final int before;

    /** Whether there is a map at all: what is none has been told, and lacks nothing. */
    private final boolean readable;

    private boolean broken;

    private Section(Table table, Item item, String path, Mistakes mistakes) {
        this.table = table;
        this.path = path;
        this.mistakes = mistakes;
        this.before = mistakes.count();
        this.readable = item instanceof Item.Mapping || item instanceof Item.Nothing;
        this.map = mapping(item, path, mistakes);
        checkNames();
    }

    /** Reads {@code item} by {@code table}; what is no map is a mistake, and nothing (an empty value) an empty map. */
    static Section of(Table table, Item item, String path, Mistakes mistakes) {
        return new Section(table, item, path, mistakes);
    }

    private static Item.Mapping mapping(Item item, String path, Mistakes mistakes) {
        if (item instanceof Item.Mapping mapping) {
            return mapping;
        }
        if (!(item instanceof Item.Nothing || item instanceof Item.Broken)) {
            mistakes.add(item.place(), path, "is " + item.noun() + ", not a map", "write 'name: value' below it");
        }
        return new Item.Mapping(Map.of(), item.place());
    }

    /** The value; its default where it is not written. An unreadable one is a mistake, and so is a required one without value. */
    <T> T get(Option<T> option) {
        Optional<T> value = find(option);
        if (option.isRequired() && readable && !has(option)) {
            mistakes.add(map.place(), inner(option.name()), "is missing", advice(option.kind()));
        }
        return value.orElseGet(() ->
                option.kind().known(option.standard().isEmpty() ? option.kind().example() : option.standard()));
    }

    /** The value; empty where it is not written, or not readable. */
    <T> Optional<T> find(Option<T> option) {
        Optional<Item> item = Optional.ofNullable(map.entries().get(option.name()));
        if (item.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(option.kind().read(item.get()));
        } catch (Kind.WrongValue e) {
            tell(option, e);
            return Optional.empty();
        }
    }

    boolean has(Entry entry) {
        return map.entries().containsKey(entry.name());
    }

    /** The map of a part. */
    Section part(Part part) {
        Item item = map.entries().getOrDefault(part.name(), new Item.Nothing(map.place()));
        return of(part.table(), item, inner(part.name()), mistakes);
    }

    /** The maps of a part that is a list. */
    List<Section> parts(Part part) {
        List<Section> sections = new ArrayList<>();
        Optional<Item> item = Optional.ofNullable(map.entries().get(part.name()));
        if (item.isPresent() && item.get() instanceof Item.Listing listing) {
            for (Item each : listing.items()) {
                sections.add(of(part.table(), each, inner(part.name()) + "[" + sections.size() + "]", mistakes));
            }
        } else if (item.isPresent() && !(item.get() instanceof Item.Broken)) {
            String what = "is " + item.get().noun() + ", not a list of maps";
            mistakes.add(item.get().place(), inner(part.name()), what, "begin each entry with '- '");
        }
        return sections;
    }

    /** The items of a part that has one map for each name. */
    Map<String, Item> named(Part part) {
        Item item = map.entries().getOrDefault(part.name(), new Item.Nothing(map.place()));
        Map<String, Item> named = new LinkedHashMap<>();
        mapping(item, inner(part.name()), mistakes).entries().forEach((name, each) -> {
            if (Key.isName(name)) {
                named.put(name, each);
            } else {
                mistakes.add(
                        each.place(),
                        inner(part.name()),
                        "'" + name + "' is no name",
                        "write 1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit");
            }
        });
        return named;
    }

    /** A value that is readable but cannot be. */
    void wrong(Entry entry, String what, String instead) {
        Place place = Optional.ofNullable(map.entries().get(entry.name()))
                .map(Item::place)
                .orElse(map.place());
        mistakes.add(place, inner(entry.name()), what, instead);
    }

    /** An entry of a map that is readable but cannot be: told with the line of the entry. */
    void wrong(Entry entry, String name, String what, String instead) {
        Place place = Optional.ofNullable(map.inner(entry.name()).entries().get(name))
                .map(Item::place)
                .orElse(map.place());
        mistakes.add(place, inner(entry.name()), what, instead);
    }

    /** How a value of the option was written, before the environment was filled in: fit for a mistake. */
    String written(Option<?> option, String value) {
        Item item = map.entries().getOrDefault(option.name(), new Item.Nothing(map.place()));
        Collection<Item> items = List.of(item);
        if (item instanceof Item.Listing listing) {
            items = listing.items();
        } else if (item instanceof Item.Mapping mapping) {
            items = mapping.entries().values();
        }
        return items.stream()
                .filter(each ->
                        each instanceof Item.Scalar scalar && scalar.text().equals(value))
                .map(each -> ((Item.Scalar) each).shown())
                .findFirst()
                .orElse(value);
    }

    /** Whether nothing was wrong so far, so that values may be compared with each other. */
    boolean isSound() {
        return !broken && mistakes.count() == before;
    }

    /** Whether it is of a flow that is there without a file. */
    boolean isStandard() {
        return map.place().source().equals(ConfigReader.STANDARD_SOURCE);
    }

    /** The path of an entry. */
    String inner(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private void checkNames() {
        map.entries().forEach((name, item) -> {
            if (table.entry(name).isEmpty()) {
                mistakes.add(item.place(), inner(name), "is not known here", suggestion(name));
            }
        });
    }

    private String suggestion(String name) {
        return Nearest.to(name, table.names())
                .map(near -> "did you mean '" + near + "'?")
                .orElse("known are " + String.join(", ", table.names()));
    }

    private void tell(Option<?> option, Kind.WrongValue wrong) {
        if (wrong.item() instanceof Item.Broken) {
            broken = true;
            return;
        }
        Kind<?> kind = option.kind();
        boolean show = wrong.item() instanceof Item.Scalar && !kind.secret();
        String value = show ? "'" + masked(((Item.Scalar) wrong.item()).shown()) + "' " : "";
        // Some reasons bring their own advice.
        String[] parts = wrong.reason().split("; ", 2);
        String instead = parts.length == 2 ? parts[1] : advice(kind);
        mistakes.add(wrong.item().place(), inner(option.name()), value + parts[0], instead);
    }

    /** A store or a proxy may be written with a password in the wrong place. */
    static String masked(String shown) {
        return shown.replaceAll("(:/+).*@", "$1***@").replaceAll("\\?.*", "?***");
    }

    private static String advice(Kind<?> kind) {
        return "write " + kind.noun() + ", for example " + kind.example();
    }
}
