package dev.sluice.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A secret is never shown, however wrong the configuration is. */
class SecretsTest {
    private static final String SECRET = "hunter2";

    @TempDir
    Path directory;

    private Reading reading;

    @BeforeEach
    void inThisDirectory() {
        reading = new Reading(directory);
    }

    @Test
    void aConfigurationPrintsNoSecret() {
        ServerConfig config = reading.read("""
                channels:
                  mail: {type: smtp, host: h, from: a@b, user: gate, password: hunter2}
                  hook:
                    type: webhook
                    url: https://example.org:444/hunter2?token=hunter2
                    secret: ${S}
                    headers: {Authorization: Bearer hunter2}
                """, Map.of("S", SECRET));
        assertThat(config.toString()).contains("example.org:444", "gate", "***").doesNotContain(SECRET);
        ChannelConfig.Webhook hook = Reading.channel(config, "hook", ChannelConfig.Webhook.class);
        assertThat(hook.secret().orElseThrow().reveal()).isEqualTo(SECRET);
        assertThat(hook.url().uri().getRawQuery()).isEqualTo("token=" + SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "store: postgresql://gate:hunter2@db:5432/sluice?sslrootcert=hunter2",
                "store: mariadb://db/sluice\nsql: {user: gate, password: hunter2}",
                "store: redis://:hunter2@db\ndatabase: mariadb://gate:hunter2@db/sluice",
                "store: rediss-cluster://gate:hunter2@db,db2:7000",
            })
    void aConfigurationPrintsNoPasswordOfAStore(String yaml) throws ConfigException {
        ConfigReader.Understood understood = reading.understand(yaml, Map.of());
        assertThat(understood.toString()).contains("db").doesNotContain(SECRET);
        StoreUrl.Shared store = (StoreUrl.Shared) understood.config().store();
        assertThat(store.reveal()).contains(SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "channels: {m: {type: smtp, password: [hunter2]}}",
                "channels: {m: {type: smtp, pasword: hunter2}}",
                "channels: {m: hunter2}",
                "channels: {m: {type: webhook, url: 'hunter2'}}",
                "channels: {m: {type: webhook, url: 'ftp://u:hunter2@x'}}",
                "channels: {m: {type: webhook, url: 'https://u:hunter2@@x'}}",
                "channels: {m: {type: webhook, url: 'https://u:hunter2@x/'}}",
                "channels: {m: {type: webhook, url: 'https://hunter2_:1/'}}",
                "channels: {m: {type: webhook, url: 'https://x:99999/hunter2'}}",
                "channels: {m: {type: webhook, headers: hunter2}}",
                "channels: {m: {type: webhook, headers: {a: [hunter2]}}}",
                "channels: {m: {type: smtp, password: *hunter2}}",
                "channels: {m: {type: smtp, password: !hunter2}}",
                "channels: {m: {type: smtp, password: !x!hunter2 y}}",
                "channels: {m: {type: smtp, password: @hunter2}}",
                "channels: {m: {type: smtp, password: %hunter2}}",
                "channels: {m: {type: smtp, password: \"hunter2}}",
                "channels: {m: {type: smtp, password: \"\\hunter2\"}}",
                "channels:\n  m:\n   password: hunter2: x",
                "channels:\n  m:\n   password: x\n  hunter2",
                "store: postgresql://gate:hunter2@db",
                "store: postgresql:/gate:hunter2@db/x",
                "database: postgresql://gate:hunter2@db/x",
                "store: mariadb://h/d\nsql: {password: [hunter2]}",
                "store: mariadb://u:hunter2@h/d\nsql: {password: hunter2}",
                "store: postgresql://gate:hun/hunter2@db/sluice",
                "store: postgresql://db/sluice?password=hunter2",
                "store: ${S}",
                "http: {host: '${S} x', port: '${S}', public-url: '${S}', max-body: '${S}'}",
                "http: '${S}'",
                "operator: {channels: ['${S}']}",
                "flows: {f: {allow: 1 per 1h, channels: ['${S}']}}",
                "flows: {f: {allow: 1 per 1h, variants: [{name: '${S}', allow: 1 per 1h}, {name: '${S}', allow: 1 per 1h}]}}",
                "flows: {f: {allow: '${S}', lease: '${S}', digest: '${S}', channels: ['${S}!']}}",
            })
    void aMistakeShowsNoSecret(String yaml) {
        assertThat(reading.mistakes(yaml, Map.of("S", SECRET))).isNotEmpty().noneMatch(each -> each.contains(SECRET));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SLUICE_CHANNELS_M_PASSWORD=hunter2",
                "SLUICE_CHANNELS_M_URL=hunter2",
                "SLUICE_CHANNELS_M_HEADERS={a: *hunter2}",
                "SLUICE_CHANNELS_M=hunter2",
                "SLUICE_PASSWORD=hunter2",
                "SLUICE_STORE=redis://:hunter2@x/y",
            })
    void aMistakeInTheEnvironmentShowsNoSecret(String variable) {
        String[] parts = variable.split("=", 2);
        assertThat(reading.mistakes("channels: {m: {type: log}}", Map.of(parts[0], parts[1])))
                .isNotEmpty()
                .noneMatch(each -> each.contains(SECRET));
    }
}
