package net.locate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.CodeSigner;
import java.security.cert.Certificate;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import net.api.DevError;
import net.api.DevException;
import org.osgi.resource.Capability;
import org.osgi.resource.Resource;
import org.osgi.service.repository.ContentNamespace;

/** Fetches the bytes of a bundle, and checks that they are the right ones. */
final class Content {
    private static final int LARGEST = 64 << 20;
    private static final String SHA_256 = "[0-9a-fA-F]{64}";

    private Content() {
    }

    /**
     * The bytes, checked: the digest if the repository gives one, and the signature if keys are given.
     *
     * @param trusted whose signature is wanted; empty for nobody's
     * @throws DevException IO if they cannot be had, or are not what they should be
     */
    static byte[] fetch(Resource resource, Optional<KeyStore> trusted) {
        Capability content = resource.getCapabilities(ContentNamespace.CONTENT_NAMESPACE).stream().findFirst()
                .orElseThrow(() -> new DevException(DevError.IO, resource + " has no content"));
        String url = String.valueOf(content.getAttributes().get(ContentNamespace.CAPABILITY_URL_ATTRIBUTE));
        try (InputStream in = DriverRepository.open(URI.create(url))) {
            byte[] bytes = in.readNBytes(LARGEST);
            digest(url, String.valueOf(content.getAttributes().get(ContentNamespace.CONTENT_NAMESPACE)), bytes);
            if (trusted.isPresent()) {
                signature(url, bytes, trusted.get());
            }
            return bytes;
        } catch (IOException | IllegalArgumentException e) {
            throw new DevException(DevError.IO, "%s cannot be fetched: %s".formatted(url, e), e);
        }
    }

    private static void digest(String url, String wanted, byte[] bytes) {
        if (!wanted.matches(SHA_256)) {
            return; // a plain folder has none
        }
        try {
            String got = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            if (!got.equalsIgnoreCase(wanted)) {
                throw new DevException(DevError.IO, "%s has the digest %s, the repository says %s: it is not installed".formatted(url, got, wanted));
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Every file of the bundle is signed by somebody whose certificate, or that of whoever vouches for it, is trusted. */
    private static void signature(String url, byte[] bytes, KeyStore trusted) throws IOException {
        Set<String> unsigned = new HashSet<>();
        int files = 0;
        try (JarInputStream jar = new JarInputStream(new ByteArrayInputStream(bytes), true)) {
            for (JarEntry entry = jar.getNextJarEntry(); entry != null; entry = jar.getNextJarEntry()) {
                jar.transferTo(java.io.OutputStream.nullOutputStream()); // signers are known behind the content
                if (!entry.isDirectory() && !isOfSignature(entry.getName())) {
                    files++;
                    if (!isTrusted(entry.getCodeSigners(), trusted)) {
                        unsigned.add(entry.getName());
                    }
                }
            }
        } catch (SecurityException e) {
            throw new DevException(DevError.IO, "%s was changed after it was signed: %s".formatted(url, e.getMessage()), e);
        }
        if (files == 0 || !unsigned.isEmpty()) {
            throw new DevException(DevError.IO, "%s is not signed by anybody who is trusted: %d of %d files, such as %s".formatted(url, unsigned.size(), files,
                    unsigned.stream().sorted().findFirst().orElse("all")));
        }
    }

    private static boolean isOfSignature(String name) {
        return name.matches("META-INF/[^/]+\\.(SF|RSA|DSA|EC)|META-INF/SIG-[^/]+|META-INF/MANIFEST\\.MF");
    }

    private static boolean isTrusted(CodeSigner[] signers, KeyStore trusted) {
        if (signers == null) {
            return false;
        }
        try {
            for (CodeSigner s : signers) {
                for (Certificate c : s.getSignerCertPath().getCertificates()) {
                    if (trusted.getCertificateAlias(c) != null) {
                        return true;
                    }
                }
            }
            return false;
        } catch (java.security.KeyStoreException e) {
            throw new IllegalStateException(e);
        }
    }
}
