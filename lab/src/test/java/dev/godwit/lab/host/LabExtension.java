package dev.godwit.lab.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands the one {@link Lab} of this JVM to tests, or skips them and says what is missing. */
public final class LabExtension implements ParameterResolver, ExecutionCondition {

    private static final List<String> PROGRAMS =
            List.of("unshare", "nsenter", "ip", "bash", "busybox", "qemu-system-x86_64", "qemu-img", "libvirtd", "virsh",
                    "sshd", "ssh", "ssh-keygen", "openssl", "tcpdump");

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<String> missing = missing();
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("The lab has what it needs");
        }
        if (Boolean.getBoolean("godwit.lab.required")) {
            throw new IllegalStateException(missing.get());
        }
        return ConditionEvaluationResult.disabled(missing.get());
    }

    private static Optional<String> missing() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.of("The lab makes hosts in namespaces and needs root; ./test says how to run it");
        }
        List<Path> folders = Stream.of(System.getenv("PATH").split(":")).map(Path::of).toList();
        List<String> absent = PROGRAMS.stream()
                .filter(program -> folders.stream().noneMatch(folder -> Files.isExecutable(folder.resolve(program))))
                .toList();
        return absent.isEmpty()
                ? Optional.empty()
                : Optional.of("The lab needs " + String.join(", ", absent) + "; ./test installs what is missing");
    }

    /** The root of the checkout, wherever in it the tests were started. */
    static Path checkout() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("lab/guest/make-guest"))) {
            folder = Optional.ofNullable(folder.getParent())
                    .orElseThrow(() -> new IllegalStateException("Not inside a checkout"));
        }
        return folder;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Lab.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(Lab.class))
                .computeIfAbsent(Lab.class, key -> new Lab(checkout()), Lab.class);
    }
}
