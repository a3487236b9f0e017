package dev.sluice.server.config;

import dev.sluice.server.config.Entry.Form;
import dev.sluice.server.config.Entry.Option;
import dev.sluice.server.config.Entry.Part;
import dev.sluice.server.config.Kind.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Puts {@code SLUICE_*} variables in the place of what the file says. */
final class Environment {
    static final String PREFIX = "SLUICE_";

    /** Read by the launcher and by the command line. */
    static final Set<String> OTHERS =
            Set.of("SLUICE_JAVA_OPTS", "SLUICE_CONFIG", "SLUICE_IMPORT_USER", "SLUICE_IMPORT_PASSWORD");

    /** What Kubernetes and Docker put in for a service or container whose name begins with sluice. */
    private static final Pattern LINK = Pattern.compile(
            "SLUICE_(\\w+_)?(SERVICE_(HOST|PORT(_\\w+)?)|PORT_\\d+_(TCP|UDP|SCTP)(_(PORT|PROTO|ADDR))?)");

    private static final Pattern LINKED_PORT = Pattern.compile("SLUICE_(\\w+_)?PORT");
    private static final Pattern LINKED_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private static final int DEEPEST = 8;

    private final Map<String, String> variables;
    private final Mistakes mistakes;

    Environment(Map<String, String> variables, Mistakes mistakes) {
        this.variables = new TreeMap<>(variables);
        this.mistakes = mistakes;
    }

    /** Which value a variable stands for, and which entry of a table that is; several if names are too much alike. */
    private record Target(List<String> path, Entry entry) {}

    /** The tree with the values of the environment in it; a variable that stands for nothing is a mistake. */
    Item.Mapping over(Item.Mapping file) {
        Item.Mapping tree = file;
        // From the outside to the inside: what an outer variable brings, an inner one may change.
        for (int depth = 1; depth <= DEEPEST; depth++) {
            for (Map.Entry<String, List<Target>> each : targets(tree).entrySet()) {
                Target target = each.getValue().get(0);
                String value = variables.getOrDefault(each.getKey(), "");
                if (target.path().size() == depth && !value.isEmpty()) {
                    tree = tree.with(target.path(), item(each.getKey(), value, target.entry()));
                    checkAlike(each.getKey(), each.getValue());
                }
            }
        }
        checkNames(targets(tree).keySet());
        return tree;
    }

    /** The name of the variable for a path. */
    static String variable(List<String> path) {
        return PREFIX + String.join("_", path).toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
    }

    private Map<String, List<Target>> targets(Item.Mapping tree) {
        Map<String, List<Target>> targets = new TreeMap<>();
        collect(Options.ROOT, tree, List.of(), targets);
        return targets;
    }

    private static void collect(Table table, Item.Mapping map, List<String> path, Map<String, List<Target>> targets) {
        for (Entry entry : table.entries()) {
            List<String> at = inner(path, entry.name());
            if (entry instanceof Option<?>) {
                add(new Target(at, entry), targets);
            } else if (entry instanceof Part part) {
                add(new Target(at, entry), targets);
                if (part.form() == Form.ONE) {
                    collect(part.table(), map.inner(part.name()), at, targets);
                } else if (part.form() == Form.NAMED) {
                    collectNamed(part, map.inner(part.name()), at, targets);
                }
            }
        }
    }

    private static void collectNamed(
            Part part, Item.Mapping map, List<String> path, Map<String, List<Target>> targets) {
        for (String name : map.entries().keySet()) {
            List<String> at = inner(path, name);
            add(new Target(at, part), targets);
            part.tables().forEach(table -> collect(table, map.inner(name), at, targets));
        }
    }

    private static void add(Target target, Map<String, List<Target>> targets) {
        List<Target> alike = targets.computeIfAbsent(variable(target.path()), name -> new ArrayList<>());
        if (alike.stream().noneMatch(each -> each.path().equals(target.path()))) {
            alike.add(target);
        }
    }

    private static List<String> inner(List<String> path, String name) {
        List<String> inner = new ArrayList<>(path);
        inner.add(name);
        return List.copyOf(inner);
    }

    private Item item(String name, String value, Entry entry) {
        Place place = new Place(name, 0);
        Shape shape = entry instanceof Option<?> option ? option.kind().shape() : Shape.MAP;
        Item.Scalar scalar = new Item.Scalar(value, value, place);
        boolean yaml = value.strip().startsWith("{");
        if (entry.equals(Options.HTTP) && !yaml) {
            return HttpAddress.spread(scalar);
        } else if (shape == Shape.TEXT || (shape == Shape.EITHER && !yaml)) {
            return scalar;
        }
        return shape == Shape.LIST
                ? Kind.listing(value, place)
                : new YamlText(name, false, new Variables(variables), mistakes).read(value);
    }

    private void checkAlike(String name, List<Target> targets) {
        if (targets.size() > 1) {
            List<String> paths =
                    targets.stream().map(each -> String.join(".", each.path())).toList();
            mistakes.add(
                    new Place(name, 0),
                    "",
                    "may stand for " + String.join(" and for ", paths),
                    "rename one of them, or set the value in the file");
        }
    }

    private boolean isLink(String name) {
        return LINK.matcher(name).matches()
                || (LINKED_PORT.matcher(name).matches()
                        && LINKED_ADDRESS
                                .matcher(variables.getOrDefault(name, ""))
                                .matches());
    }

    private void checkNames(Set<String> known) {
        for (String name : variables.keySet()) {
            if (name.startsWith(PREFIX) && !known.contains(name) && !OTHERS.contains(name) && !isLink(name)) {
                Optional<String> near = Nearest.to(name, known);
                mistakes.add(
                        new Place(name, 0),
                        "",
                        "stands for nothing",
                        near.map(it -> "did you mean " + it + "?")
                                .orElse("write " + PREFIX + " and the path of a value; flows and channels must be"
                                        + " named in the file first"));
            }
        }
    }
}
