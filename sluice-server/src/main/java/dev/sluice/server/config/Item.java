package dev.sluice.server.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A piece of configuration as it was written, with the place where. */
sealed interface Item {
    Place place();

    /** What it is, in a sentence such as "is a list". */
    String noun();

    /**
     * Text.
     *
     * @param text after the environment was filled in
     * @param shown as it was written: fit to be printed unless the value as such is a secret
     */
    record Scalar(String text, String shown, Place place) implements Item {
        @Override
        public String noun() {
            return "a single value";
        }

        boolean asWritten() {
            return text.equals(shown);
        }
    }

    /** Values in order. */
    record Listing(List<Item> items, Place place) implements Item {
        @Override
        public String noun() {
            return "a list";
        }
    }

    /** Nothing behind the colon. */
    record Nothing(Place place) implements Item {
        @Override
        public String noun() {
            return "empty";
        }
    }

    /** What could not be read; that has been told, and nothing else is to be said of it. */
    record Broken(Place place) implements Item {
        @Override
        public String noun() {
            return "unreadable";
        }
    }

    /** Values by name, in the order in which they were written; the place of each is that of its name. */
    record Mapping(Map<String, Item> entries, Place place) implements Item {
        @Override
        public String noun() {
            return "a map";
        }

        /** The same with another value at {@code path}; what is in the way becomes a map. */
        Mapping with(List<String> path, Item value) {
            Map<String, Item> changed = new LinkedHashMap<>(entries);
            String name = path.get(0);
            if (path.size() == 1) {
                changed.put(name, value);
            } else {
                Mapping inner =
                        entries.get(name) instanceof Mapping mapping ? mapping : new Mapping(Map.of(), value.place());
                changed.put(name, inner.with(path.subList(1, path.size()), value));
            }
            return new Mapping(changed, place);
        }

        /** The same with another value at {@code name}; where that is a map, what it does not name stays. */
        Mapping merge(String name, Item value) {
            if (!(value instanceof Mapping mapping)) {
                return with(List.of(name), value);
            }
            Mapping merged = this;
            for (Map.Entry<String, Item> each : mapping.entries().entrySet()) {
                merged = merged.with(List.of(name, each.getKey()), each.getValue());
            }
            return merged;
        }

        /** The map at {@code name}, or an empty one. */
        Mapping inner(String name) {
            return entries.get(name) instanceof Mapping mapping ? mapping : new Mapping(Map.of(), place);
        }
    }
}
