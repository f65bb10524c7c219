package dev.godwit.client;

import dev.godwit.config.ConfigException;
import dev.godwit.config.ConfigFile;
import dev.godwit.config.ConfigValue;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code libvirt.conf} says to clients: {@code uri_default} and {@code uri_aliases}. Root's is
 * {@code /etc/libvirt/libvirt.conf}, others' {@code ~/.config/libvirt/libvirt.conf}.
 *
 * @param aliases    what may stand for a URI
 * @param defaultUri the URI of those who name none
 */
public record ClientConfig(Map<String, String> aliases, Optional<String> defaultUri) {

    public ClientConfig {
        aliases = Map.copyOf(aliases);
    }

    /**
     * What counts for this process.
     *
     * @throws VirtException if the file cannot be read or understood
     */
    public static ClientConfig ofThisProcess() {
        return load(Surroundings.ofThisProcess());
    }

    static ClientConfig load(Surroundings surroundings) {
        Path file = (surroundings.root() ? surroundings.systemConfig() : surroundings.userConfig())
                .resolve("libvirt.conf");
        try {
            ClientConfig config = Files.exists(file) ? parse(file.toString(), Files.readString(file))
                    : new ClientConfig(Map.of(), Optional.empty());
            Optional<String> variable = surroundings.variable("LIBVIRT_DEFAULT_URI");
            return new ClientConfig(config.aliases, variable.or(config::defaultUri));
        } catch (IOException e) {
            throw wrong(file + ": cannot be read: " + e.getMessage());
        } catch (ConfigException e) {
            throw wrong(e.getMessage());
        }
    }

    private static ClientConfig parse(String file, String text) throws ConfigException {
        Map<String, String> aliases = new LinkedHashMap<>();
        Optional<String> defaultUri = Optional.empty();
        for (ConfigFile.Setting setting : ConfigFile.parse(file, text)) {
            switch (setting.key()) {
                case "uri_default" -> {
                    if (!(setting.value() instanceof ConfigValue.Text(String uri))) {
                        throw new ConfigException(file, setting.line(), "'uri_default' is not a text in quotes");
                    }
                    defaultUri = Optional.of(uri).filter(value -> !value.isEmpty());
                }
                case "uri_aliases" -> {
                    for (ConfigValue item : setting.value() instanceof ConfigValue.Items(List<ConfigValue> items)
                            ? items : List.of(setting.value())) {
                        alias(file, setting, item, aliases);
                    }
                }
                // What else may stand there is for other programs.
                default -> { }
            }
        }
        return new ClientConfig(aliases, defaultUri);
    }

    private static void alias(String file, ConfigFile.Setting setting, ConfigValue item, Map<String, String> aliases)
            throws ConfigException {
        String entry = item instanceof ConfigValue.Text(String value) ? value : item.syntax();
        int equals = entry.indexOf('=');
        if (equals < 0) {
            throw new ConfigException(file, setting.line(), "Malformed 'uri_aliases' config entry '" + entry
                    + "', expected 'alias=uri://host/path'");
        }
        String name = entry.substring(0, equals);
        if (!name.matches("[A-Za-z0-9_-]*")) {
            throw new ConfigException(file, setting.line(), "Malformed 'uri_aliases' config entry '" + entry
                    + "', aliases may only contain 'a-Z, 0-9, _, -'");
        }
        aliases.putIfAbsent(name, entry.substring(equals + 1));
    }

    private static VirtException wrong(String what) {
        return new VirtException(ErrorCode.CONF_SYNTAX, ErrorDomain.CONF, what);
    }

    /**
     * Reads what a user gave for a URI: nothing, an alias, or a URI.
     *
     * @param text what the user wrote; empty for the default
     * @return the URI; {@link ConnectUri#ANY} where nothing was written and there is no default
     * @throws VirtException if it cannot be read
     */
    public ConnectUri resolve(String text) {
        String uri = text.isEmpty() ? defaultUri.orElse("") : text;
        return ConnectUri.parse(aliases.getOrDefault(uri, uri));
    }
}
