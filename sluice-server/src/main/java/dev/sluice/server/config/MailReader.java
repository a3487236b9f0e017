package dev.sluice.server.config;

import dev.sluice.server.config.Entry.Option;
import dev.sluice.server.config.MailOptions.Links;
import dev.sluice.server.config.MailOptions.Mails;
import dev.sluice.server.config.MailOptions.Tiers;
import dev.sluice.server.config.Options.Flows.Switch;
import dev.sluice.server.template.TemplateException;
import dev.sluice.server.template.TextTemplate;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads what the messages of a flow say to those whom they are about. */
final class MailReader {
    private final Path directory;
    private final Optional<URI> publicUrl;
    private final Mistakes mistakes;
    private final List<String> warnings;

    /**
     * @param directory what names of files are relative to
     * @param publicUrl how others reach this server
     * @param warnings takes what is worth saying and no mistake
     */
    MailReader(Path directory, Optional<URI> publicUrl, Mistakes mistakes, List<String> warnings) {
        this.directory = directory;
        this.publicUrl = publicUrl;
        this.mistakes = mistakes;
        this.warnings = warnings;
    }

    /** The mail; empty if it has no text, which is told. */
    Optional<MailConfig> read(Section mail) {
        Set<String> named = new TreeSet<>();
        Map<String, Tier> tiers = tiers(mail, named);
        Optional<TextTemplate> title = mail.find(Mails.TITLE);
        Optional<TextTemplate> text = template(mail, Mails.TEXT, Mails.TEXT_FILE, TextTemplate::ofMail);
        Optional<TextTemplate> html = template(mail, Mails.HTML, Mails.HTML_FILE, TextTemplate::ofHtml);
        if (text.isEmpty() && !mail.has(Mails.TEXT) && !mail.has(Mails.TEXT_FILE)) {
            mail.wrong(Mails.TEXT, "is missing", "write a template for those who read no HTML, or name a 'text-file'");
        }
        checkTiers(mail, Mails.TITLE, title, named);
        checkTiers(mail, mail.has(Mails.TEXT) ? Mails.TEXT : Mails.TEXT_FILE, text, named);
        checkTiers(mail, mail.has(Mails.HTML) ? Mails.HTML : Mails.HTML_FILE, html, named);
        Optional<Secret> secret = mail.find(Mails.SECRET);
        Optional<MailConfig.Link> link = link(mail);
        boolean unsubscribe = mail.get(Mails.UNSUBSCRIBE) == Switch.ON;
        if (!mail.has(Mails.SECRET) && (mail.has(Mails.LINK) || unsubscribe || mail.has(Mails.TRACK))) {
            mail.wrong(Mails.SECRET, "is missing", "write one of your own: it signs links and unsubscriptions");
        }
        if (unsubscribe) {
            checkReach(mail);
        }
        Set<MailConfig.Track> track = track(mail, html.isPresent());
        return text.map(plain ->
                new MailConfig(new MailConfig.Texts(title, plain, html), tiers, secret, link, track, unsubscribe));
    }

    private Set<MailConfig.Track> track(Section mail, boolean html) {
        if (!mail.has(Mails.TRACK)) {
            return Set.of();
        }
        if (!html && !mail.has(Mails.HTML) && !mail.has(Mails.HTML_FILE)) {
            mail.wrong(Mails.TRACK, "is for mails with HTML", "write 'html', or leave it out: texts are not tracked");
        }
        if (publicUrl.isEmpty()) {
            mail.wrong(Mails.TRACK, "needs an address that mail readers reach", "write http.public-url");
        }
        return Set.copyOf(mail.find(Mails.TRACK).orElse(List.of()));
    }

    private static Optional<MailConfig.Link> link(Section mail) {
        Section link = mail.part(Mails.LINK);
        return mail.has(Mails.LINK)
                ? Optional.of(new MailConfig.Link(link.get(Links.URL), link.get(Links.VALID)))
                : Optional.empty();
    }

    private void checkReach(Section mail) {
        if (publicUrl.isEmpty()) {
            mail.wrong(Mails.UNSUBSCRIBE, "needs an address that mail readers reach", "write http.public-url");
        } else if (!"https".equals(publicUrl.get().getScheme())) {
            warnings.add(mail.inner(Mails.UNSUBSCRIBE.name())
                    + ": mail readers unsubscribe over https only; http.public-url begins with http");
        }
    }

    /** @param named takes the names of all, those that are wrong included */
    private Map<String, Tier> tiers(Section mail, Set<String> named) {
        Map<String, Tier> tiers = new LinkedHashMap<>();
        mail.named(Mails.TIERS).forEach((name, item) -> {
            named.add(name);
            Section tier = Section.of(Tiers.TABLE, item, mail.inner(Mails.TIERS.name()) + "." + name, mistakes);
            Optional<NavigableMap<BigDecimal, BigDecimal>> at = tier.find(Tiers.AT);
            if (at.isEmpty() && !tier.has(Tiers.AT)) {
                tier.wrong(Tiers.AT, "is missing", "write " + Tiers.AT.kind().example());
            }
            String of = tier.get(Tiers.OF);
            at.ifPresent(steps -> tiers.put(name, new Tier(of, steps)));
        });
        return Map.copyOf(tiers);
    }

    private static void checkTiers(Section mail, Option<?> option, Optional<TextTemplate> template, Set<String> tiers) {
        template.stream()
                .flatMap(each -> each.tiers().stream())
                .filter(name -> !tiers.contains(name))
                .sorted()
                .forEach(name -> mail.wrong(
                        option,
                        "names the tier '" + name + "', which there is not",
                        tiers.isEmpty() ? "name it below 'tiers'" : "known are " + String.join(", ", tiers)));
    }

    private Optional<TextTemplate> template(
            Section mail, Option<TextTemplate> inline, Option<Path> file, MailOptions.Reading reading) {
        if (mail.has(inline) && mail.has(file)) {
            mail.wrong(file, "stands beside '" + inline.name() + "'", "write one of the two");
        }
        Optional<TextTemplate> written = mail.find(inline);
        return written.isPresent() ? written : mail.find(file).flatMap(name -> ofFile(mail, file, name, reading));
    }

    private Optional<TextTemplate> ofFile(Section mail, Option<Path> option, Path name, MailOptions.Reading reading) {
        try {
            return Optional.of(reading.of(Files.readString(directory.resolve(name))));
        } catch (NoSuchFileException e) {
            mail.wrong(option, "there is no such file", "name one relative to the configuration");
        } catch (CharacterCodingException e) {
            mail.wrong(option, "the file is not text in UTF-8", "save it as UTF-8");
        } catch (IOException e) {
            mail.wrong(option, "the file cannot be read (" + e.getClass().getSimpleName() + ")", "check what it is");
        } catch (TemplateException e) {
            String[] parts = e.what().split("; ", 2);
            mail.wrong(option, "the file " + parts[0], parts.length == 2 ? parts[1] : "correct it");
        }
        return Optional.empty();
    }
}
