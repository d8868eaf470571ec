package net.locate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import net.api.DevException;
import org.apache.felix.utils.resource.CapabilityImpl;
import org.apache.felix.utils.resource.ResourceImpl;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.resource.Resource;

/** Bytes of a bundle that are the right ones, and others. */
class ContentTest {
    private static final String PASSWORD = "changeit";
    @TempDir
    static Path folder;
    private static Path plain;
    private static Path signed;
    private static KeyStore trusted;
    private static KeyStore others;

    @BeforeAll
    static void sign() throws Exception {
        plain = folder.resolve("plain.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(plain))) {
            for (String name : new String[] {"a.txt", "b.txt"}) {
                out.putNextEntry(new JarEntry(name));
                out.write(name.getBytes());
            }
        }
        Path keys = keys("trusted");
        trusted = KeyStore.getInstance(keys.toFile(), PASSWORD.toCharArray());
        others = KeyStore.getInstance(keys("others").toFile(), PASSWORD.toCharArray());
        signed = folder.resolve("signed.jar");
        tool("jarsigner", "-keystore", keys.toString(), "-storepass", PASSWORD, "-signedjar", signed.toString(), plain.toString(), "key");
    }

    private static Path keys(String name) throws Exception {
        Path keys = folder.resolve(name + ".p12");
        tool("keytool", "-genkeypair", "-alias", "key", "-keyalg", "EC", "-dname", "CN=" + name, "-keystore", keys.toString(), "-storepass", PASSWORD);
        return keys;
    }

    private static void tool(String... command) throws Exception {
        command[0] = Path.of(System.getProperty("java.home"), "bin", command[0]).toString();
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(p.getInputStream().readAllBytes());
        assertThat(p.waitFor()).as(said).isZero();
    }

    private static Resource resource(Path jar, String digest) {
        ResourceImpl r = new ResourceImpl();
        r.addCapability(new CapabilityImpl(r, "osgi.content", Map.of(), Map.of("url", jar.toUri().toString(), "osgi.content", digest)));
        return r;
    }

    private static void assertRefused(String words, Path jar, Optional<KeyStore> keys) {
        assertThatThrownBy(() -> Content.fetch(resource(jar, ""), keys)).isInstanceOf(DevException.class).hasMessageContaining(words);
    }

    @Test
    void the_digest_decides() throws Exception {
        byte[] bytes = Files.readAllBytes(plain);
        String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        assertThat(Content.fetch(resource(plain, digest.toUpperCase()), Optional.empty())).isEqualTo(bytes);
        assertThat(Content.fetch(resource(plain, ""), Optional.empty())).isEqualTo(bytes);
        assertThatThrownBy(() -> Content.fetch(resource(plain, "0".repeat(64)), Optional.empty())).hasMessageContaining("it is not installed");
        assertRefused("cannot be fetched", folder.resolve("nothing.jar"), Optional.empty());
    }

    @Test
    void a_signature_is_of_somebody_who_is_trusted_and_over_everything() throws Exception {
        assertThat(Content.fetch(resource(signed, ""), Optional.of(trusted))).isEqualTo(Files.readAllBytes(signed));
        assertRefused("not signed by anybody who is trusted", signed, Optional.of(others));
        assertRefused("not signed by anybody who is trusted: 2 of 2 files, such as a.txt", plain, Optional.of(trusted));
        assertRefused("1 of 3 files, such as c.txt", rewritten("added.jar", "", true), Optional.of(trusted));
        assertRefused("changed after it was signed", rewritten("changed.jar", "b.txt", false), Optional.of(trusted));
    }

    private static Path rewritten(String name, String changed, boolean added) throws IOException {
        Path to = folder.resolve(name);
        try (JarInputStream in = new JarInputStream(Files.newInputStream(signed), false);
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(to), in.getManifest())) {
            for (JarEntry e = in.getNextJarEntry(); e != null; e = in.getNextJarEntry()) {
                ByteArrayOutputStream content = new ByteArrayOutputStream();
                in.transferTo(content);
                out.putNextEntry(new JarEntry(e.getName()));
                out.write(e.getName().equals(changed) ? "something else".getBytes() : content.toByteArray());
            }
            if (added) {
                out.putNextEntry(new JarEntry("c.txt"));
            }
        }
        return to;
    }
}
