package dev.sluice.server.config;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Turns YAML 1.2 into items. Never quotes the text in a mistake: it may hold a secret. */
final class YamlText {
    private static final LoadSettings SETTINGS = LoadSettings.builder()
            .setUseMarks(true)
            .setAllowNonScalarKeys(true)
            .setMaxAliasesForCollections(20)
            .build();

    private final String source;
    private final boolean lines;
    private final Variables variables;
    private final Mistakes mistakes;
    private final Deque<Node> open = new ArrayDeque<>();

    /** @param lines whether the line of a value in this source says anything */
    YamlText(String source, boolean lines, Variables variables, Mistakes mistakes) {
        this.source = source;
        this.lines = lines;
        this.variables = variables;
        this.mistakes = mistakes;
    }

    /** The one document of the text; an empty map if the text says nothing, or is no YAML. */
    Item read(String text) {
        Place start = new Place(source, lines ? 1 : 0);
        Item nothing = new Item.Nothing(start);
        try {
            Iterator<Node> documents =
                    new Compose(SETTINGS).composeAllFromString(text).iterator();
            Item first = documents.hasNext() ? item(documents.next(), start, "") : nothing;
            if (documents.hasNext()) {
                Place second = place(documents.next());
                mistakes.add(second, "", "a second document begins", "keep everything in one, without '---' between");
            }
            return first;
        } catch (MarkedYamlEngineException e) {
            Place at = e.getProblemMark().map(this::place).orElse(start);
            mistakes.add(at, "", "is not YAML: " + problem(e), "put a value with ': ' or a colon at its end in quotes");
        } catch (YamlEngineException e) {
            mistakes.add(start, "", "is not YAML: it has a forbidden character, or too many aliases", "write it out");
        }
        return nothing;
    }

    /** What the parser says, but for the two messages in which it quotes the value. */
    private static String problem(MarkedYamlEngineException e) {
        if (e.getProblem().contains("alias")) {
            return "a value that begins with '*' must stand in quotes";
        }
        return e.getProblem().contains("tag") ? "a value that begins with '!' must stand in quotes" : e.getProblem();
    }

    private Item item(Node node, Place place, String path) {
        if (open.contains(node)) {
            mistakes.add(place, path, "contains itself", "write the value out");
            return new Item.Broken(place);
        }
        open.push(node);
        try {
            if (node instanceof MappingNode mapping) {
                return mapping(mapping, place, path);
            } else if (node instanceof SequenceNode sequence) {
                List<Item> items = new ArrayList<>();
                for (Node each : sequence.getValue()) {
                    items.add(item(each, place(each), path + "[" + items.size() + "]"));
                }
                return new Item.Listing(List.copyOf(items), place);
            }
            return scalar((ScalarNode) node, place, path);
        } finally {
            open.pop();
        }
    }

    private Item scalar(ScalarNode node, Place place, String path) {
        Tag tag = node.getTag();
        if (!tag.equals(Tag.ENV_TAG) && !tag.getValue().startsWith(Tag.PREFIX)) {
            mistakes.add(place, path, "begins with '!', which YAML takes for a tag", "put the value in quotes");
            return new Item.Broken(place);
        }
        return tag.equals(Tag.NULL) ? new Item.Nothing(place) : variables.fill(node.getValue(), place, path, mistakes);
    }

    private Item mapping(MappingNode node, Place place, String path) {
        Map<String, Item> entries = new LinkedHashMap<>();
        Map<String, Place> places = new LinkedHashMap<>();
        for (NodeTuple each : node.getValue()) {
            Place at = place(each.getKeyNode());
            if (!(each.getKeyNode() instanceof ScalarNode key)) {
                mistakes.add(at, path, "the name of a value is " + kind(each.getKeyNode()), "write a word");
                continue;
            }
            String name = key.getValue();
            String inner = path.isEmpty() ? name : path + "." + name;
            Optional<Place> before = Optional.ofNullable(places.putIfAbsent(name, at));
            Item value = item(each.getValueNode(), at, inner);
            if (before.isPresent()) {
                mistakes.add(
                        at,
                        inner,
                        "is here twice, first in line " + before.get().line(),
                        "keep one of them");
            } else {
                entries.put(name, value);
            }
        }
        return new Item.Mapping(entries, place);
    }

    private static String kind(Node node) {
        return node instanceof MappingNode ? "a map" : "a list";
    }

    private Place place(Node node) {
        return node.getStartMark().map(this::place).orElse(new Place(source, 0));
    }

    private Place place(Mark mark) {
        return new Place(source, lines ? mark.getLine() + 1 : 0);
    }
}
