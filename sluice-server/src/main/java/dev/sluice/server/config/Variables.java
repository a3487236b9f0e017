package dev.sluice.server.config;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills a dollar sign and a name in braces from the environment; with two dollar signs it stays as it is. */
final class Variables {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\$\\{|\\$\\{([A-Za-z_][A-Za-z0-9_]*)}|\\$\\{");

    private final Map<String, String> environment;

    Variables(Map<String, String> environment) {
        this.environment = environment;
    }

    Item fill(String written, Place place, String path, Mistakes mistakes) {
        if (!written.contains("${")) {
            return new Item.Scalar(written, written, place);
        }
        int before = mistakes.count();
        Matcher reference = REFERENCE.matcher(written);
        StringBuilder filled = new StringBuilder();
        while (reference.find()) {
            String value = reference.group().equals("$${") ? "${" : value(reference, place, path, mistakes);
            reference.appendReplacement(filled, Matcher.quoteReplacement(value));
        }
        reference.appendTail(filled);
        return mistakes.count() == before ? new Item.Scalar(filled.toString(), written, place) : new Item.Broken(place);
    }

    private String value(Matcher reference, Place place, String path, Mistakes mistakes) {
        Optional<String> name = Optional.ofNullable(reference.group(1));
        if (name.isEmpty()) {
            mistakes.add(place, path, "'${' begins no ${NAME}", "name a variable, or write $${ for the characters ${");
            return "";
        }
        Optional<String> value = name.map(environment::get);
        if (value.isEmpty()) {
            mistakes.add(
                    place,
                    path,
                    "the environment has no variable " + name.get(),
                    "set it, or write the value itself in place of ${" + name.get() + "}");
        }
        return value.orElse("");
    }
}
